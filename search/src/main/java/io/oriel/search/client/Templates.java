package io.oriel.search.client;

import io.oriel.model.error.Kind;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// What new indices get by their names. Thread-safe.
public final class Templates {
  private final EngineCalls calls;

  Templates(EngineCalls calls) {
    this.calls = calls;
  }

  /// The three kinds of templates.
  public enum Kinds {
    /** Composable index templates: the one of the highest priority wins alone. */
    INDEX("/_index_template/"),
    /** Pieces that index templates are composed of. */
    COMPONENT("/_component_template/"),
    /** Of old; ignored where an index template matches. */
    LEGACY("/_template/");

    private final String path;

    Kinds(String path) {
      this.path = path;
    }

    String path(String name) {
      return path + EngineCalls.encoded(name);
    }
  }

  public boolean exists(Kinds kind, String name) throws InterruptedException {
    return calls.exists(kind.path(name));
  }

  /// Writes a template over one of the same name.
  ///
  /// @param body the body of the `PUT`
  public void put(Kinds kind, String name, String body) throws InterruptedException {
    calls.put(kind.path(name), body.getBytes(StandardCharsets.UTF_8));
  }

  /// The number in the template's `version`, -1 when it has none; empty when there is no template.
  public Optional<Long> version(Kinds kind, String name) throws InterruptedException {
    try {
      JsonNode root = calls.get(kind.path(name));
      JsonNode template =
          switch (kind) {
            case INDEX -> root.at("/index_templates/0/index_template");
            case COMPONENT -> root.at("/component_templates/0/component_template");
            case LEGACY -> root.path(name);
          };
      return Optional.of(template.path("version").asLong(-1));
    } catch (EngineException e) {
      if (e.kind() == Kind.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /// Deletes a template; one that is not there is no failure.
  public void delete(Kinds kind, String name) throws InterruptedException {
    try {
      calls.delete(kind.path(name));
    } catch (EngineException e) {
      if (e.kind() != Kind.NOT_FOUND) {
        throw e;
      }
    }
  }
}
