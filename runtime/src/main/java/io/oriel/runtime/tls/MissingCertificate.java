package io.oriel.runtime.tls;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.util.Locale;

/// Notices clients that broke off because they have no certificate: no trust manager ever sees
/// those.
final class MissingCertificate extends ChannelInboundHandlerAdapter {
  private final PeerCheck check;

  MissingCertificate(PeerCheck check) {
    this.check = check;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
    if (event instanceof SslHandshakeCompletionEvent done && done.cause() != null) {
      String message = String.valueOf(done.cause().getMessage());
      if (message.toLowerCase(Locale.ROOT).contains("empty client certificate chain")) {
        check.note("no_certificate", "", message);
      }
    }
    super.userEventTriggered(context, event);
  }
}
