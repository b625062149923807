package io.oriel.wire.elastic;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.matcher.StarPattern;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// What a client wants to see of an answer: the parameter `filter_path` of Elasticsearch and
/// OpenSearch. Immutable.
///
/// Paths are separated by commas, names by dots (`\.` is a dot in a name); `*` in a name stands for
/// any letters, `**` as a name for one name or more; arrays do not count. A path that begins with
/// `-` leaves out. Leaving out comes first; then, if there are paths to keep, only what they name
/// is kept, with all that is below it.
///
/// @param kept the paths to keep, each by its names; all when there are none
/// @param leftOut the paths to leave out
public record FilterPath(Set<List<String>> kept, Set<List<String>> leftOut) {
  /// Keeps everything.
  public static final FilterPath ALL = new FilterPath(Set.of(), Set.of());

  /** As long as a whole request line may be at Elasticsearch. */
  private static final int MAX_LENGTH = 4096;

  private static final String ANY_NAMES = "**";
  private static final JsonFactory JSON = JsonFactory.builder().build();

  public FilterPath {
    kept = Set.copyOf(kept);
    leftOut = Set.copyOf(leftOut);
  }

  /// Reads the parameter; {@link #ALL} when it is empty.
  ///
  /// @throws OrielException of kind INVALID when it has more than 4096 letters
  public static FilterPath of(String parameter) {
    if (parameter.length() > MAX_LENGTH) {
      throw OrielException.invalid(
          "filter_path has " + parameter.length() + " letters, want at most " + MAX_LENGTH);
    }
    Set<List<String>> kept = new LinkedHashSet<>();
    Set<List<String>> leftOut = new LinkedHashSet<>();
    for (String path : parameter.split(",")) {
      String plain = path.strip();
      if (plain.startsWith("-")) {
        leftOut.add(names(plain.substring(1)));
      } else if (!plain.isEmpty()) {
        kept.add(names(plain));
      }
    }
    return kept.isEmpty() && leftOut.isEmpty() ? ALL : new FilterPath(kept, leftOut);
  }

  private static List<String> names(String path) {
    List<String> names = new ArrayList<>();
    StringBuilder name = new StringBuilder();
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c == '\\' && i + 1 < path.length() && path.charAt(i + 1) == '.') {
        name.append('.');
        i++;
      } else if (c == '.') {
        names.add(name.toString());
        name.setLength(0);
      } else {
        name.append(c);
      }
    }
    names.add(name.toString());
    return List.copyOf(names);
  }

  /// Whether everything is kept.
  public boolean isAll() {
    return kept.isEmpty() && leftOut.isEmpty();
  }

  /// What is left of a document; of an object or array at least its brackets.
  ///
  /// @throws OrielException of kind INVALID when it is not JSON
  public byte[] apply(byte[] json) {
    byte[] rest = leftOut.isEmpty() ? json : filter(json, leftOut, Mode.LEAVE_OUT);
    return kept.isEmpty() ? rest : filter(rest, kept, Mode.KEEP);
  }

  private enum Mode {
    KEEP,
    LEAVE_OUT
  }

  private static byte[] filter(byte[] json, Set<List<String>> paths, Mode mode) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(json.length);
    try (JsonParser in = JSON.createParser(ObjectReadContext.empty(), json);
        JsonGenerator to = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
      if (in.nextToken() == null) {
        throw OrielException.invalid("not JSON: nothing there");
      }
      new Pass(in, to, mode).root(paths);
    } catch (JacksonException e) {
      throw new OrielException(Kind.INVALID, "not JSON: " + e.getOriginalMessage(), e);
    }
    return out.toByteArray();
  }

  /// One walk over a document. Brackets are written when the first thing within them is.
  private static final class Pass {
    private final JsonParser in;
    private final JsonGenerator to;
    private final Mode mode;

    /** Brackets that are not written yet, the outermost first. */
    private final List<Opening> openings = new ArrayList<>();

    /// A bracket, with the name before it if it has one.
    private record Opening(boolean named, String name, boolean object) {}

    Pass(JsonParser in, JsonGenerator to, Mode mode) {
      this.in = in;
      this.to = to;
      this.mode = mode;
    }

    void root(Set<List<String>> paths) {
      switch (in.currentToken()) {
        case START_OBJECT -> {
          to.writeStartObject();
          members(paths);
          to.writeEndObject();
        }
        case START_ARRAY -> {
          to.writeStartArray();
          elements(paths);
          to.writeEndArray();
        }
        default -> to.copyCurrentEventExact(in);
      }
    }

    private void members(Set<List<String>> paths) {
      while (in.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = in.currentName();
        in.nextToken();
        Set<List<String>> below = new HashSet<>();
        boolean named = false;
        for (List<String> path : paths) {
          named |= follow(path, name, below);
        }
        if (named) {
          whole(mode == Mode.KEEP, true, name);
        } else if (below.isEmpty()) {
          whole(mode == Mode.LEAVE_OUT, true, name);
        } else {
          part(below, true, name);
        }
      }
    }

    private void elements(Set<List<String>> paths) {
      while (in.nextToken() != JsonToken.END_ARRAY) {
        part(paths, false, "");
      }
    }

    /// Adds what is left of {@code path} below {@code name}.
    ///
    /// @return whether it ends here
    private static boolean follow(List<String> path, String name, Set<List<String>> below) {
      String first = path.getFirst();
      if (first.equals(ANY_NAMES)) {
        below.add(path);
        if (path.size() > 1) {
          below.add(path.subList(1, path.size()));
        }
        return path.size() == 1;
      }
      if (!StarPattern.matches(first, name)) {
        return false;
      }
      if (path.size() == 1) {
        return true;
      }
      below.add(path.subList(1, path.size()));
      return false;
    }

    private void whole(boolean wanted, boolean named, String name) {
      if (!wanted) {
        in.skipChildren();
        return;
      }
      open();
      if (named) {
        to.writeName(name);
      }
      to.copyCurrentStructureExact(in);
    }

    private void part(Set<List<String>> paths, boolean named, String name) {
      JsonToken token = in.currentToken();
      if (token != JsonToken.START_OBJECT && token != JsonToken.START_ARRAY) {
        whole(mode == Mode.LEAVE_OUT, named, name);
        return;
      }
      boolean object = token == JsonToken.START_OBJECT;
      int depth = openings.size();
      openings.add(new Opening(named, name, object));
      if (object) {
        members(paths);
      } else {
        elements(paths);
      }
      if (openings.size() > depth) {
        openings.removeLast();
      } else if (object) {
        to.writeEndObject();
      } else {
        to.writeEndArray();
      }
    }

    private void open() {
      for (Opening opening : openings) {
        if (opening.named) {
          to.writeName(opening.name);
        }
        if (opening.object) {
          to.writeStartObject();
        } else {
          to.writeStartArray();
        }
      }
      openings.clear();
    }
  }
}
