package io.oriel.search.client;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.runtime.http.HttpResult;
import java.util.OptionalLong;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// A refusal by the engine, with what it said.
public final class EngineException extends OrielException {
  private static final long serialVersionUID = 1L;

  private static final int LONGEST = 1000;

  private final int status;
  private final String type;
  private final long retryAfterSeconds;

  private EngineException(Kind kind, String message, int status, String type, long retryAfter) {
    super(kind, message);
    this.status = status;
    this.type = type;
    this.retryAfterSeconds = retryAfter;
  }

  static EngineException of(String what, HttpResult result) {
    String type = "";
    String reason = "";
    try {
      JsonNode error = Json.read(result.body()).path("error");
      if (error.isString()) {
        reason = error.asString();
      } else {
        type = error.path("type").asString("");
        reason = deepest(error);
      }
    } catch (JacksonException _) {
      reason = result.text().strip();
    }
    if (reason.length() > LONGEST) {
      reason = reason.substring(0, LONGEST) + "…";
    }
    return of(what, result.status(), type, reason, result.header("retry-after"));
  }

  static EngineException of(
      String what, int status, String type, String reason, String retryAfter) {
    String why = (type.isEmpty() ? "" : type + ": ") + reason;
    return new EngineException(
        kind(status, type),
        what + ": status " + status + (why.isEmpty() ? "" : ": " + why),
        status,
        type,
        retryAfter.matches("\\d{1,9}") ? Long.parseLong(retryAfter) : -1);
  }

  /// The reason with those of its causes that say more.
  private static String deepest(JsonNode error) {
    StringBuilder reason = new StringBuilder(error.path("reason").asString(""));
    JsonNode shard = error.path("failed_shards").path(0).path("reason");
    for (JsonNode cause = shard.isObject() ? shard : error.path("caused_by");
        cause.isObject();
        cause = cause.path("caused_by")) {
      String more = cause.path("reason").asString("");
      if (!more.isEmpty() && reason.indexOf(more) < 0) {
        reason.append(": ").append(more);
      }
    }
    return reason.toString();
  }

  private static Kind kind(int status, String type) {
    if (type.equals("resource_already_exists_exception")) {
      return Kind.CONFLICT;
    }
    return switch (status) {
      case 401 -> Kind.UNAUTHENTICATED;
      case 403 -> Kind.FORBIDDEN;
      case 404 -> Kind.NOT_FOUND;
      case 408, 504 -> Kind.TIMEOUT;
      case 409 -> Kind.CONFLICT;
      case 413, 429 -> Kind.LIMITED;
      default -> status >= 500 ? Kind.UNAVAILABLE : Kind.INVALID;
    };
  }

  /// As of HTTP; 413 asks for a smaller request, 429 for a later one.
  public int status() {
    return status;
  }

  /// The engine's own name for it, as in `index_not_found_exception`; empty when it gave none.
  public String type() {
    return type;
  }

  /// How long it asked to wait.
  public OptionalLong retryAfterSeconds() {
    return retryAfterSeconds < 0 ? OptionalLong.empty() : OptionalLong.of(retryAfterSeconds);
  }
}
