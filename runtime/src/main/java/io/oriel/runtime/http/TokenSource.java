package io.oriel.runtime.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// Bearer tokens by client credentials (RFC 6749 section 4.4), kept until shortly before they
/// expire. Thread-safe.
final class TokenSource implements AutoCloseable {
  private static final long MARGIN_NANOS = 10_000_000_000L;
  private static final long DEFAULT_SECONDS = 3600;
  private static final JsonFactory JSON = new JsonFactory();

  private final OAuth2 config;
  private final String userAgent;
  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private @Nullable HttpClient client;

  @GuardedBy("lock")
  private String token = "";

  @GuardedBy("lock")
  private long expiresNanos;

  TokenSource(OAuth2 config, String userAgent) {
    this.config = config;
    this.userAgent = userAgent;
  }

  String token() throws IOException, InterruptedException {
    lock.lockInterruptibly();
    try {
      if (token.isEmpty() || System.nanoTime() - expiresNanos >= 0) {
        fetch();
      }
      return token;
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private void fetch() throws IOException, InterruptedException {
    if (client == null) {
      client = HttpClient.create(clientConfig(), userAgent);
    }
    Map<String, String> form = new LinkedHashMap<>();
    form.put("grant_type", "client_credentials");
    if (!config.scopes().isEmpty()) {
      form.put("scope", String.join(" ", config.scopes()));
    }
    form.putAll(config.endpointParams());
    String secret = Credentials.text(config.clientSecret(), config.clientSecretFile());
    HttpResult result =
        client.send(
            HttpRequest.post(
                    URI.create(config.tokenUrl()),
                    "application/x-www-form-urlencoded",
                    encode(form).getBytes(StandardCharsets.UTF_8))
                .withHeader(
                    "authorization",
                    Credentials.basic(encode(config.clientId()) + ":" + encode(secret))));
    if (!result.isSuccess()) {
      throw new OrielException(
          Kind.UNAUTHENTICATED,
          "oauth2: cannot fetch token from " + config.tokenUrl() + ": status " + result.status());
    }
    read(result.body());
  }

  @GuardedBy("lock")
  private void read(byte[] body) {
    String found = "";
    long seconds = DEFAULT_SECONDS;
    try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), body)) {
      json.nextToken();
      while (json.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = json.currentName();
        json.nextToken();
        if (name.equals("access_token")) {
          found = json.getString();
        } else if (name.equals("expires_in")) {
          seconds = json.getValueAsLong(DEFAULT_SECONDS);
        } else {
          json.skipChildren();
        }
      }
    }
    if (found.isEmpty()) {
      throw new OrielException(
          Kind.UNAUTHENTICATED, "oauth2: no access_token in the answer of " + config.tokenUrl());
    }
    token = found;
    expiresNanos = System.nanoTime() + seconds * 1_000_000_000L - MARGIN_NANOS;
  }

  private HttpClientConfig clientConfig() {
    return new HttpClientConfig(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        config.tls(),
        config.proxy(),
        true,
        true,
        Map.of(),
        Map.of());
  }

  private static String encode(Map<String, String> form) {
    return form.entrySet().stream()
        .map(field -> encode(field.getKey()) + "=" + encode(field.getValue()))
        .collect(Collectors.joining("&"));
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    lock.lock();
    try {
      if (client != null) {
        client.close();
      }
    } finally {
      lock.unlock();
    }
  }
}
