package io.oriel.runtime.http;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.ClientFactoryBuilder;
import com.linecorp.armeria.client.Endpoint;
import com.linecorp.armeria.client.RequestOptions;
import com.linecorp.armeria.client.ResponseTimeoutException;
import com.linecorp.armeria.client.UnprocessedRequestException;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.RequestHeadersBuilder;
import com.linecorp.armeria.common.SessionProtocol;
import com.linecorp.armeria.common.util.TlsEngineType;
import io.oriel.model.error.Kind;
import io.oriel.model.error.LimitExceeded;
import io.oriel.model.error.OrielException;
import io.oriel.runtime.tls.TlsMaterial;
import io.oriel.runtime.trace.ActiveSpan;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.zip.GZIPInputStream;

/// Sends requests and waits for their answers. Thread-safe; meant to be called from virtual
/// threads.
///
/// Certificates, passwords and tokens in files are read anew when they change. Construction
/// connects to nothing.
public final class HttpClient implements AutoCloseable {
  private static final int MAX_REDIRECTS = 10;
  private static final int BUFFER = 64 << 10;

  private final HttpClientConfig config;
  private final String userAgent;
  private final ClientFactory factory;
  private final TlsMaterial tls;
  private final Credentials credentials;
  private final ProxyChoice proxies;

  private HttpClient(
      HttpClientConfig config, String userAgent, TlsMaterial tls, Map<String, String> environment) {
    this.config = config;
    this.userAgent = userAgent;
    this.tls = tls;
    this.credentials = Credentials.of(config, userAgent);
    this.proxies = new ProxyChoice(config.proxy(), environment);
    ClientFactoryBuilder builder =
        ClientFactory.builder()
            .tlsEngineType(TlsEngineType.JDK)
            .useHttp1Pipelining(false)
            .proxyConfig(proxies);
    if (config.tls().insecureSkipVerify()) {
      builder.tlsNoVerify();
    }
    builder.tlsCustomizer(
        context -> {
          context.protocols(tls.protocols());
          context.keyManager(tls.keyManager());
          if (!config.tls().insecureSkipVerify()) {
            context.trustManager(tls.trustManager());
          }
        });
    this.factory = builder.build();
  }

  /// A client with these settings.
  ///
  /// @param userAgent the `User-Agent` header
  /// @throws OrielException of kind INVALID when its certificates cannot be used
  /// @throws IOException when one of its files cannot be read
  public static HttpClient create(HttpClientConfig config, String userAgent) throws IOException {
    return create(config, userAgent, System.getenv());
  }

  /// As the other `create`, in an environment that says which proxies there are.
  static HttpClient create(
      HttpClientConfig config, String userAgent, Map<String, String> environment)
      throws IOException {
    return new HttpClient(config, userAgent, TlsMaterial.load(config.tls()), environment);
  }

  /// Sends {@code request} and waits for the whole answer, whatever its status, following redirects
  /// if configured.
  ///
  /// @throws OrielException UNAVAILABLE when the other side cannot be reached, TIMEOUT when it does
  ///   not answer in time, LIMITED when the answer is larger than allowed
  /// @throws IOException when a file with credentials cannot be read
  public HttpResult send(HttpRequest request) throws IOException, InterruptedException {
    tls.refresh();
    HttpRequest now = request;
    for (int hop = 0; ; hop++) {
      HttpResult result = exchange(now);
      String location = result.header("location");
      boolean redirect = result.status() / 100 == 3 && !location.isEmpty();
      if (!redirect || !config.followRedirects()) {
        return result;
      }
      if (hop == MAX_REDIRECTS) {
        throw new OrielException(
            Kind.UNAVAILABLE, request.uri() + ": stopped after " + MAX_REDIRECTS + " redirects");
      }
      URI to = now.uri().resolve(location);
      boolean sameHost = String.valueOf(to.getHost()).equalsIgnoreCase(now.uri().getHost());
      now = now.redirected(to, result.status() >= 307, sameHost);
    }
  }

  private HttpResult exchange(HttpRequest request) throws IOException, InterruptedException {
    URI uri = request.uri();
    boolean secure = "https".equalsIgnoreCase(uri.getScheme());
    RequestHeaders headers = headers(request, secure);
    RequestOptions options =
        RequestOptions.builder()
            .responseTimeout(request.timeout())
            .maxResponseLength(request.maxBodyBytes())
            .build();
    CompletableFuture<AggregatedHttpResponse> answer =
        client(uri, secure)
            .execute(
                com.linecorp.armeria.common.HttpRequest.of(
                    headers, HttpData.wrap(request.body(), 0, request.bodyLength())),
                options)
            .aggregate();
    AggregatedHttpResponse response;
    try {
      response = answer.get();
    } catch (InterruptedException e) {
      answer.cancel(true);
      throw e;
    } catch (ExecutionException e) {
      throw failure(request, e.getCause() == null ? e : e.getCause());
    }
    Map<String, String> received = new LinkedHashMap<>();
    response.headers().forEach((name, value) -> received.putIfAbsent(name.toString(), value));
    byte[] content = response.content().array();
    byte[] body = request.isAnswerPacked() ? content : decompress(request, received, content);
    return new HttpResult(response.status().code(), received, body);
  }

  private WebClient client(URI uri, boolean secure) throws UnknownHostException {
    SessionProtocol protocol =
        secure
            ? (config.http2() ? SessionProtocol.HTTPS : SessionProtocol.H1)
            : SessionProtocol.H1C;
    int port = uri.getPort() < 0 ? (secure ? 443 : 80) : uri.getPort();
    String serverName = config.tls().serverName();
    Endpoint endpoint =
        secure && !serverName.isEmpty()
            ? Endpoint.of(serverName, port).withInetAddress(InetAddress.getByName(uri.getHost()))
            : Endpoint.of(uri.getHost(), port);
    return WebClient.builder(protocol, endpoint).factory(factory).build();
  }

  private RequestHeaders headers(HttpRequest request, boolean secure)
      throws IOException, InterruptedException {
    URI uri = request.uri();
    String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    String target = uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
    RequestHeadersBuilder headers =
        RequestHeaders.builder(HttpMethod.valueOf(request.method()), target)
            .scheme(secure ? "https" : "http")
            .authority(uri.getRawAuthority())
            .set("user-agent", userAgent);
    if (uri.getRawUserInfo() != null) {
      headers.authority(uri.getPort() < 0 ? uri.getHost() : uri.getHost() + ":" + uri.getPort());
      headers.set("authorization", Credentials.basic(uri.getUserInfo()));
    }
    ActiveSpan.current().ifPresent(span -> span.carry(headers::set));
    credentials.addTo(headers::set, headers::add);
    request.headers().forEach((name, value) -> headers.set(name, value));
    if (!headers.contains("accept-encoding")) {
      headers.set("accept-encoding", "gzip");
    }
    return headers.build();
  }

  private static byte[] decompress(HttpRequest request, Map<String, String> headers, byte[] body)
      throws IOException {
    String encoding = headers.getOrDefault("content-encoding", "").toLowerCase(Locale.ROOT);
    if (!encoding.equals("gzip")) {
      return body;
    }
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(body), BUFFER)) {
      ByteArrayOutputStream out = new ByteArrayOutputStream(4 * body.length);
      byte[] buffer = new byte[BUFFER];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        out.write(buffer, 0, n);
        if (request.maxBodyBytes() > 0 && out.size() > request.maxBodyBytes()) {
          throw new LimitExceeded("body_size_limit", request.maxBodyBytes(), out.size());
        }
      }
      return out.toByteArray();
    }
  }

  private static OrielException failure(HttpRequest request, Throwable cause) {
    Throwable root = cause;
    while ((root instanceof UnprocessedRequestException || root.getMessage() == null)
        && root.getCause() != null) {
      root = root.getCause();
    }
    if (root instanceof ResponseTimeoutException) {
      return new OrielException(
          Kind.TIMEOUT,
          request.method() + " " + request.uri() + ": no answer within " + seconds(request),
          cause);
    }
    if (root instanceof ContentTooLargeException large) {
      return new LimitExceeded("body_size_limit", request.maxBodyBytes(), large.transferred());
    }
    String why = root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    return new OrielException(
        Kind.UNAVAILABLE,
        request.method() + " " + request.uri() + ": " + certificateTrouble(cause) + why,
        cause);
  }

  /// What to look at when the other side's certificate was refused; empty when it was not.
  private static String certificateTrouble(Throwable failure) {
    boolean refused = false;
    for (Throwable at = failure; at != null; at = at.getCause()) {
      if (at instanceof CertPathBuilderException) {
        return "the server's certificate is not trusted, want its root in ca_file: ";
      }
      refused |= at instanceof CertificateException;
    }
    return refused ? "the server's certificate is refused: " : "";
  }

  private static String seconds(HttpRequest request) {
    return request.timeout().toMillis() / 1000.0 + "s";
  }

  @Override
  public void close() {
    credentials.close();
    factory.close();
  }
}
