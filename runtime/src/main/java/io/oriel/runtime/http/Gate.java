package io.oriel.runtime.http;

import at.favre.lib.crypto.bcrypt.BCrypt;
import com.google.re2j.Pattern;
import com.linecorp.armeria.common.RequestHeaders;
import io.oriel.runtime.config.Secret;
import io.oriel.runtime.tls.PeerCheck;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/// Who may come in, and which browser pages may read the answer. Thread-safe.
final class Gate {
  private static final int MAX_REMEMBERED = 100;

  /** A valid hash that no password has, so that unknown users cost as much time as known ones. */
  private static final String NOBODY =
      "$2y$10$QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi";

  private final Map<String, Secret> users;
  private final Map<String, String> answerHeaders;
  private final Pattern origins;

  /** Digests of name, hash and password that were right before: bcrypt is slow on purpose. */
  private final Set<String> remembered = ConcurrentHashMap.newKeySet();

  private final @Nullable PeerCheck check;

  /// @param check of client certificates; null when none are wanted
  Gate(HttpServerConfig config, @Nullable PeerCheck check) {
    this.check = check;
    this.users = config.web().users();
    this.answerHeaders = config.web().headers();
    this.origins = Pattern.compile("^(?:" + config.corsOrigin() + ")$");
  }

  /// Why the peer of {@code session} may not call any more, though its connection is open; empty
  /// when it may.
  Optional<String> refusal(@Nullable SSLSession session) {
    return check == null ? Optional.empty() : check.refusal(session);
  }

  /// Whether the caller may come in.
  boolean admits(RequestHeaders headers) {
    if (users.isEmpty()) {
      return true;
    }
    String header = headers.get("authorization", "");
    if (!header.startsWith("Basic ")) {
      return false;
    }
    String given;
    try {
      byte[] decoded = Base64.getDecoder().decode(header.substring("Basic ".length()).strip());
      given = new String(decoded, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException _) {
      return false;
    }
    int colon = given.indexOf(':');
    return colon >= 0 && verify(given.substring(0, colon), given.substring(colon + 1));
  }

  private boolean verify(String user, String password) {
    Secret known = users.get(user);
    String hash = known == null ? NOBODY : known.reveal();
    String key = digest(user + "\n" + hash + "\n" + password);
    if (remembered.contains(key)) {
      return true;
    }
    boolean right = BCrypt.verifyer().verify(password.toCharArray(), hash.toCharArray()).verified;
    if (right && known != null) {
      if (remembered.size() >= MAX_REMEMBERED) {
        remembered.clear();
      }
      remembered.add(key);
    }
    return right && known != null;
  }

  /// The headers that this request's answer gets on top of its own.
  Map<String, String> answerHeaders(RequestHeaders request) {
    String origin = request.get("origin", "");
    if (origin.isEmpty() || !origins.matches(origin)) {
      return answerHeaders;
    }
    Map<String, String> all = new LinkedHashMap<>(answerHeaders);
    all.put("access-control-allow-origin", origin);
    all.put("access-control-allow-methods", "GET, POST, OPTIONS");
    all.put("access-control-allow-headers", "Accept, Authorization, Content-Type, Origin");
    all.put("access-control-expose-headers", "Date");
    all.put("vary", "Origin");
    return all;
  }

  private static String digest(String text) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      return Base64.getEncoder()
          .encodeToString(sha256.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
