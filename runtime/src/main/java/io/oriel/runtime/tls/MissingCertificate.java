package io.oriel.runtime.tls;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.util.Locale;

/// Notices clients that broke off because they have no certificate: no trust manager ever sees
/// those.
final class MissingCertificate extends ChannelInboundHandlerAdapter {
  private static final String JDK = "empty client certificate chain";
  private static final String BORINGSSL = "peer_did_not_return_a_certificate";

  private final PeerCheck check;

  MissingCertificate(PeerCheck check) {
    this.check = check;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
    if (event instanceof SslHandshakeCompletionEvent done && done.cause() != null) {
      String message = String.valueOf(done.cause().getMessage()).toLowerCase(Locale.ROOT);
      if (message.contains(JDK) || message.contains(BORINGSSL)) {
        check.note("no_certificate", "", "the client showed no certificate");
      }
    }
    super.userEventTriggered(context, event);
  }
}
