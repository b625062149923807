package io.oriel.runtime.http;

import io.oriel.runtime.config.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// The headers that say who we are, made anew for each request so that changed files count at once.
/// Thread-safe.
final class Credentials implements AutoCloseable {
  private final HttpClientConfig config;
  private final @Nullable TokenSource tokens;

  private Credentials(HttpClientConfig config, @Nullable TokenSource tokens) {
    this.config = config;
    this.tokens = tokens;
  }

  static Credentials of(HttpClientConfig config, String userAgent) {
    return new Credentials(
        config, config.oauth2().map(oauth2 -> new TokenSource(oauth2, userAgent)).orElse(null));
  }

  /// `Basic …` for {@code userAndPassword}, which are joined by a colon.
  static String basic(String userAndPassword) {
    byte[] bytes = userAndPassword.getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(bytes);
  }

  void addTo(BiConsumer<String, String> set, BiConsumer<String, String> add)
      throws IOException, InterruptedException {
    if (config.basicAuth().isPresent()) {
      BasicAuth auth = config.basicAuth().get();
      String user = text(Secret.of(auth.username()), auth.usernameFile());
      String password = text(auth.password(), auth.passwordFile());
      set.accept("authorization", basic(user + ":" + password));
    } else if (config.authorization().isPresent()) {
      Authorization auth = config.authorization().get();
      String credentials = text(auth.credentials(), auth.credentialsFile());
      set.accept("authorization", auth.type() + " " + credentials);
    } else if (tokens != null) {
      set.accept("authorization", "Bearer " + tokens.token());
    }
    for (Map.Entry<String, List<Secret>> header : config.headers().entrySet()) {
      for (Secret value : header.getValue()) {
        add.accept(header.getKey(), value.reveal());
      }
    }
    for (Map.Entry<String, List<String>> header : config.headerFiles().entrySet()) {
      for (String file : header.getValue()) {
        add.accept(header.getKey(), text(Secret.none(), file));
      }
    }
  }

  static String text(Secret inline, String file) throws IOException {
    return file.isEmpty() ? inline.reveal() : Files.readString(Path.of(file)).strip();
  }

  @Override
  public void close() {
    if (tokens != null) {
      tokens.close();
    }
  }
}
