package io.oriel.runtime.grpc;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.ClientFactoryBuilder;
import com.linecorp.armeria.client.Endpoint;
import com.linecorp.armeria.client.grpc.GrpcClientBuilder;
import com.linecorp.armeria.client.grpc.GrpcClientStubFactory;
import com.linecorp.armeria.client.grpc.GrpcClients;
import com.linecorp.armeria.common.Scheme;
import com.linecorp.armeria.common.SessionProtocol;
import com.linecorp.armeria.common.grpc.GrpcSerializationFormats;
import com.linecorp.armeria.common.util.TlsEngineType;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Codec;
import io.grpc.Metadata;
import io.grpc.ServiceDescriptor;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.runtime.tls.TlsConfig;
import io.oriel.runtime.tls.TlsMaterial;
import io.oriel.runtime.trace.ActiveSpan;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Calls one server. Connects when first called. Thread-safe.
///
/// Connections are replaced after a few minutes, so a renewed certificate is in use long before the
/// one before it ends.
public final class GrpcClient implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(GrpcClient.class);
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration CONNECTION_AGE = Duration.ofMinutes(5);

  private final GrpcClientConfig config;
  private final ClientFactory factory;
  private final Channel channel;
  private final GrpcMetrics metrics;
  private final @Nullable TlsMaterial tls;

  private GrpcClient(
      GrpcClientConfig config,
      ClientFactory factory,
      Channel channel,
      GrpcMetrics metrics,
      @Nullable TlsMaterial tls) {
    this.config = config;
    this.factory = factory;
    this.channel = channel;
    this.metrics = metrics;
    this.tls = tls;
  }

  /// A client with these settings.
  ///
  /// @throws OrielException of kind INVALID when its certificates cannot be used or the address is
  ///   none
  /// @throws IOException when one of its files cannot be read
  public static GrpcClient create(GrpcClientConfig config, GrpcMetrics metrics) throws IOException {
    int port = Addresses.port(config.address());
    TlsMaterial tls = config.tls().isPresent() ? TlsMaterial.load(config.tls().get()) : null;
    ClientFactory factory = factory(config, tls);
    Endpoint endpoint = endpoint(config, port);
    SessionProtocol protocol = tls == null ? SessionProtocol.H2C : SessionProtocol.H2;
    GrpcClientBuilder builder =
        GrpcClients.builder(Scheme.of(GrpcSerializationFormats.PROTO, protocol), endpoint)
            .factory(factory)
            .clientStubFactory(new BareStubs())
            .decompressorRegistry(Codecs.decompressors())
            .maxResponseMessageLength(config.maxMessageBytes())
            .maxResponseLength(0)
            .responseTimeout(Duration.ZERO);
    switch (config.compression()) {
      case NONE -> builder.compressor(Codec.Identity.NONE);
      case SNAPPY -> builder.compressor(Codecs.SNAPPY);
      case GZIP -> builder.compressor(new Codec.Gzip());
    }
    Channel channel = builder.build(Bare.class).channel();
    return new GrpcClient(config, factory, channel, metrics, tls);
  }

  private static ClientFactory factory(GrpcClientConfig config, @Nullable TlsMaterial tls) {
    ClientFactoryBuilder builder =
        ClientFactory.builder()
            .connectTimeout(CONNECT)
            .maxConnectionAge(CONNECTION_AGE)
            .useHttp2Preface(true);
    if (tls != null) {
      boolean verify = !config.tls().orElseThrow().insecureSkipVerify();
      builder.tlsEngineType(TlsEngineType.JDK);
      if (!verify) {
        builder.tlsNoVerify();
      }
      builder.tlsCustomizer(
          context -> {
            context.protocols(tls.protocols()).keyManager(tls.keyManager());
            if (verify) {
              context.trustManager(tls.trustManager());
            }
          });
    }
    return builder.build();
  }

  private static Endpoint endpoint(GrpcClientConfig config, int port) throws UnknownHostException {
    String host = Addresses.host(config.address());
    String serverName = config.tls().map(TlsConfig::serverName).orElse("");
    return serverName.isEmpty()
        ? Endpoint.of(host, port)
        : Endpoint.of(serverName, port).withInetAddress(InetAddress.getByName(host));
  }

  /// The address it calls.
  public String address() {
    return config.address();
  }

  /// Starts a call that is answered by any number of messages. The caller closes the stream.
  ///
  /// @param service full name
  /// @param deadline after which the call fails with TIMEOUT
  public GrpcStream stream(
      String service,
      String method,
      ByteBuffer request,
      Duration deadline,
      Map<String, String> headers) {
    return start(GrpcService.Shape.SERVER_STREAM, service, method, request, deadline, headers);
  }

  /// Makes a call that is answered by one message.
  ///
  /// @throws OrielException with the kind of the call's status when it failed, TIMEOUT past its
  ///   deadline
  public ByteBuffer call(
      String service,
      String method,
      ByteBuffer request,
      Duration deadline,
      Map<String, String> headers)
      throws InterruptedException {
    try (GrpcStream stream =
        start(GrpcService.Shape.UNARY, service, method, request, deadline, headers)) {
      ByteBuffer answer = stream.next();
      if (answer == null) {
        throw new OrielException(Kind.UNAVAILABLE, what(method) + ": no message in the answer");
      }
      return stream.next() == null ? answer : tooMany(method);
    }
  }

  private ByteBuffer tooMany(String method) {
    throw new OrielException(Kind.UNAVAILABLE, what(method) + ": got several messages, want one");
  }

  private String what(String method) {
    return config.address() + " " + method;
  }

  private GrpcStream start(
      GrpcService.Shape shape,
      String service,
      String method,
      ByteBuffer request,
      Duration deadline,
      Map<String, String> headers) {
    refresh();
    CallOptions options =
        CallOptions.DEFAULT.withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS);
    GrpcStream stream =
        new GrpcStream(
            what(method),
            channel.newCall(Codecs.method(service, method), options),
            metrics.start(shape, service, method));
    Metadata metadata = new Metadata();
    headers.forEach((name, value) -> put(metadata, name, value));
    ActiveSpan.current().ifPresent(span -> span.carry((name, value) -> put(metadata, name, value)));
    stream.start(metadata, request);
    return stream;
  }

  private static void put(Metadata metadata, String name, String value) {
    metadata.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value);
  }

  private void refresh() {
    try {
      if (tls != null) {
        tls.refresh();
      }
    } catch (IOException | OrielException e) {
      LOG.atWarn().setCause(e).log("cannot reload client certificate, keeping the previous one");
    }
  }

  @Override
  public void close() {
    factory.close();
  }

  /// What Armeria makes for us: the channel itself.
  record Bare(Channel channel) {}

  private static final class BareStubs implements GrpcClientStubFactory {
    @Override
    public ServiceDescriptor findServiceDescriptor(Class<?> type) {
      return ServiceDescriptor.newBuilder("oriel.Any").build();
    }

    @Override
    public Object newClientStub(Class<?> type, Channel channel) {
      return new Bare(channel);
    }
  }
}
