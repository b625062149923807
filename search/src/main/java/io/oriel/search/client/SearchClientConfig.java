package io.oriel.search.client;

import io.oriel.model.error.OrielException;
import io.oriel.runtime.config.Secret;
import io.oriel.runtime.http.Authorization;
import io.oriel.runtime.http.BasicAuth;
import io.oriel.runtime.http.HttpClientConfig;
import io.oriel.runtime.tls.TlsConfig;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// How to reach an engine.
///
/// @param urls of nodes of one cluster, or of a proxy before it; a path in them comes before every
///   call's own
/// @param http TLS and who we are
/// @param timeout for one attempt at one URL
/// @param maxAnswerBytes largest answer, decompressed
public record SearchClientConfig(
    List<URI> urls, HttpClientConfig http, Duration timeout, long maxAnswerBytes) {
  private static final long MAX_ANSWER = 256L << 20;

  public SearchClientConfig {
    urls = List.copyOf(urls);
    if (urls.isEmpty()) {
      throw OrielException.invalid("search engine: got no URL, want at least one");
    }
    for (URI url : urls) {
      if (url.getHost() == null
          || !("http".equalsIgnoreCase(url.getScheme())
              || "https".equalsIgnoreCase(url.getScheme()))) {
        throw OrielException.invalid(
            "search engine URL \"" + url + "\": want http:// or https:// and a host");
      }
    }
  }

  /// The engine at {@code urls}, without credentials, thirty seconds of patience.
  public static SearchClientConfig of(List<URI> urls) {
    return new SearchClientConfig(
        urls, HttpClientConfig.standard(), Duration.ofSeconds(30), MAX_ANSWER);
  }

  /// The engine at {@code url}.
  public static SearchClientConfig of(URI url) {
    return of(List.of(url));
  }

  /// The same with another patience.
  public SearchClientConfig withTimeout(Duration patience) {
    return new SearchClientConfig(urls, http, patience, maxAnswerBytes);
  }

  /// The same with TLS settings.
  public SearchClientConfig withTls(TlsConfig tls) {
    return with(http.basicAuth(), http.authorization(), tls);
  }

  /// The same with a user's name and password.
  public SearchClientConfig withBasicAuth(String user, Secret password) {
    return with(Optional.of(new BasicAuth(user, "", password, "")), Optional.empty(), http.tls());
  }

  /// The same with an API key in the encoded form that the engine hands out.
  public SearchClientConfig withApiKey(Secret encoded) {
    return with(
        Optional.empty(), Optional.of(new Authorization("ApiKey", encoded, "")), http.tls());
  }

  private SearchClientConfig with(
      Optional<BasicAuth> basic, Optional<Authorization> authorization, TlsConfig tls) {
    return new SearchClientConfig(
        urls,
        new HttpClientConfig(
            basic,
            authorization,
            Optional.empty(),
            tls,
            http.proxy(),
            http.followRedirects(),
            http.http2(),
            http.headers(),
            http.headerFiles()),
        timeout,
        maxAnswerBytes);
  }
}
