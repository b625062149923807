package io.oriel.logs.ship;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Quoted;
import io.oriel.model.time.DurationSyntax;
import io.oriel.runtime.config.ByteSize;
import io.oriel.runtime.config.ConfigMap;
import io.oriel.runtime.config.Secret;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A mapping of Filebeat's file, in which `a.b: 1` and `a: {b: 1}` are the same, `${NAME}` and
/// `${NAME:default}` stand for the environment, and what is given on the command line comes first.
/// Not thread-safe.
final class Settings {
  private final List<Layer> layers;
  private final Context context;
  private final boolean root;
  private final Set<String> used;

  /// @param environment by name
  /// @param warnings what is not supported and does no harm
  record Context(Map<String, String> environment, List<String> warnings) {}

  /// One file, as mappings with their lines and as values.
  record Source(ConfigMap map, Object tree) {}

  /// @param tree the whole file, as values
  private record Place(ConfigMap map, String key, Object tree) {}

  /// @param prefix before every key that is asked for, with its dot
  /// @param tree the whole file, as values
  private record Layer(ConfigMap map, String prefix, Object tree) {}

  private Settings(List<Layer> layers, Context context, boolean root, Set<String> used) {
    this.layers = List.copyOf(layers);
    this.context = context;
    this.root = root;
    this.used = used;
  }

  /// The tops of several files; of the first that has a key it is taken.
  static Settings root(List<Source> files, Context context) {
    return new Settings(
        files.stream().map(file -> new Layer(file.map, "", file.tree)).toList(),
        context,
        true,
        new HashSet<>());
  }

  private Settings inner(List<Layer> of) {
    return new Settings(of, context, false, new HashSet<>());
  }

  private Optional<Place> find(String key) {
    Optional<Place> first = Optional.empty();
    for (Layer layer : layers) {
      // each is asked, so that what the command line hides is no unknown key
      Optional<Place> place = find(layer.map, layer.prefix + key, layer.tree, true);
      first = first.or(() -> place);
    }
    return first;
  }

  private Optional<Place> find(ConfigMap map, String key, Object tree, boolean top) {
    if (map.has(key)) {
      note(key, top);
      Place place = new Place(map, key, tree);
      // YAML 1.2's core schema has it for null, and every filebeat.yml uses it
      return "~".equals(tree(place)) ? Optional.empty() : Optional.of(place);
    }
    for (int dot = key.indexOf('.'); dot > 0; dot = key.indexOf('.', dot + 1)) {
      String head = key.substring(0, dot);
      if (map.has(head)) {
        note(head, top);
        Optional<Place> place = find(map.map(head), key.substring(dot + 1), tree, false);
        if (place.isPresent()) {
          return place;
        }
      }
    }
    return Optional.empty();
  }

  private void note(String key, boolean top) {
    if (top) {
      used.add(key);
    }
  }

  /// Keys at the top that were asked for, in whole or in part.
  Set<String> used() {
    return used;
  }

  /// Every key at the top.
  List<String> keys() {
    List<String> keys = new ArrayList<>();
    for (Layer layer : layers) {
      for (String key : layer.map.keys()) {
        if (key.startsWith(layer.prefix)) {
          keys.add(key.substring(layer.prefix.length()));
        }
      }
    }
    return keys;
  }

  boolean has(String key) {
    return find(key).isPresent();
  }

  void problem(String key, String text) {
    Optional<Place> place = find(key);
    if (place.isPresent()) {
      place.get().map.problem(place.get().key, text);
    } else {
      layers.getLast().map.problem("", key.isEmpty() ? text : key + ": " + text);
    }
  }

  /// Refuses {@code key} if it is there.
  void refuse(String key, String why) {
    if (has(key)) {
      problem(key, "not supported: " + why);
    }
  }

  /// Says that {@code key}, or what is below it, does nothing here if it is there.
  void warn(String key, String why) {
    for (Place place : below(key)) {
      if (place.key.length() > key.length() || has(key)) {
        String path = place.map.path();
        context.warnings.add(path + (path.isEmpty() ? "" : ".") + place.key + ": " + why);
      }
    }
  }

  /// Accepts keys for which nothing needs to be done, with all that is below them.
  void accept(String... keys) {
    for (String key : keys) {
      below(key);
    }
  }

  /// Where {@code key} and keys below it are written: `a: {b: 1}`, `a.b: 1` and `a.b.c: 1` are all
  /// of `a.b`.
  private List<Place> below(String key) {
    List<Place> places = new ArrayList<>();
    for (Layer layer : layers) {
      below(new Place(layer.map, layer.prefix + key, layer.tree), true, places);
    }
    return places;
  }

  private void below(Place wanted, boolean top, List<Place> into) {
    ConfigMap map = wanted.map;
    if (map.has(wanted.key)) {
      note(wanted.key, top);
      into.add(wanted);
    }
    for (String name : map.keys(wanted.key + ".")) {
      note(name, top);
      into.add(new Place(map, name, wanted.tree));
    }
    for (int dot = wanted.key.indexOf('.'); dot > 0; dot = wanted.key.indexOf('.', dot + 1)) {
      String head = wanted.key.substring(0, dot);
      if (map.has(head)) {
        note(head, top);
        below(new Place(map.map(head), wanted.key.substring(dot + 1), wanted.tree), false, into);
      }
    }
  }

  private String expand(String text) {
    if (text.indexOf("${") < 0) {
      return text;
    }
    StringBuilder out = new StringBuilder();
    int at = 0;
    for (int open = text.indexOf("${"); open >= 0; open = text.indexOf("${", at)) {
      int close = text.indexOf('}', open);
      if (close < 0) {
        break;
      }
      String inner = text.substring(open + 2, close);
      int colon = inner.indexOf(':');
      String name = colon < 0 ? inner : inner.substring(0, colon);
      String value = context.environment.get(name);
      out.append(text, at, open);
      if (value != null) {
        out.append(value);
      } else if (colon >= 0) {
        out.append(inner.substring(colon + 1).replaceFirst("^\\?.*", ""));
      } else if (name.startsWith("data.")) {
        out.append(text, open, close + 1);
      } else {
        throw OrielException.invalid("environment variable " + name + " is not set");
      }
      at = close + 1;
    }
    return out.append(text.substring(at)).toString();
  }

  private <T> T parsed(String key, T fallback, String want, Function<String, T> parser) {
    return find(key)
        .map(place -> place.map.parsed(place.key, fallback, want, t -> parser.apply(expand(t))))
        .orElse(fallback);
  }

  String string(String key, String fallback) {
    return parsed(key, fallback, "text", text -> text);
  }

  Secret secret(String key) {
    return Secret.of(string(key, ""));
  }

  boolean bool(String key, boolean fallback) {
    Optional<Place> place = find(key);
    if (place.isEmpty()) {
      return fallback;
    }
    String text = place.get().map.string(place.get().key, "");
    if (text.contains("${")) {
      return parsed(key, fallback, "true or false", Boolean::parseBoolean);
    }
    return place.get().map.bool(place.get().key, fallback);
  }

  int integer(String key, int fallback) {
    return parsed(key, fallback, "a whole number", text -> Integer.decode(text.strip()));
  }

  /// A duration in Go's notation, or seconds.
  Duration duration(String key, Duration fallback) {
    return parsed(key, fallback, "a duration such as 1m30s", Settings::duration);
  }

  static Duration duration(String text) {
    if (text.matches("\\d+")) {
      return Duration.ofSeconds(Long.parseLong(text));
    }
    if (text.matches("\\d+\\.\\d+(s|m|h)")) {
      double value = Double.parseDouble(text.substring(0, text.length() - 1));
      int unit = text.endsWith("s") ? 1 : text.endsWith("m") ? 60 : 3600;
      return Duration.ofMillis(Math.round(value * unit * 1000));
    }
    return DurationSyntax.parse(text);
  }

  /// A size with a unit, or bytes.
  long size(String key, long fallback) {
    return parsed(
        key,
        fallback,
        "a size such as 10MiB",
        text ->
            text.matches("\\d+") ? Long.parseLong(text) : ByteSize.parse(text.replace(" ", "")));
  }

  <T> T word(String key, T fallback, Function<String, Optional<T>> words, String want) {
    return parsed(
        key,
        fallback,
        want,
        text ->
            words
                .apply(text)
                .orElseThrow(
                    () -> OrielException.invalid("got " + Quoted.of(text) + ", want " + want)));
  }

  Optional<Pattern> pattern(String key) {
    return has(key)
        ? Optional.of(parsed(key, Pattern.compile(""), "a regular expression", Settings::compile))
        : Optional.empty();
  }

  static Pattern compile(String text) {
    try {
      return Pattern.compile(text);
    } catch (PatternSyntaxException e) {
      throw new OrielException(
          io.oriel.model.error.Kind.INVALID,
          "regular expression " + Quoted.of(text) + ": " + e.getDescription(),
          e);
    }
  }

  /// A list of texts; one text alone is a list of one.
  List<String> strings(String key) {
    Optional<Place> place = find(key);
    if (place.isEmpty()) {
      return List.of();
    }
    Object value = tree(place.get());
    List<String> raw =
        value instanceof List<?>
            ? place.get().map.strings(place.get().key)
            : List.of(place.get().map.string(place.get().key, ""));
    List<String> expanded = new ArrayList<>();
    for (String text : raw) {
      try {
        expanded.add(expand(text));
      } catch (OrielException e) {
        problem(key, e.reason());
      }
    }
    return expanded;
  }

  List<Pattern> patterns(String key) {
    List<Pattern> patterns = new ArrayList<>();
    for (String text : strings(key)) {
      try {
        patterns.add(compile(text));
      } catch (OrielException e) {
        problem(key, e.reason());
      }
    }
    return patterns;
  }

  Settings map(String key) {
    List<Layer> inner = new ArrayList<>();
    for (Layer layer : layers) {
      String whole = layer.prefix + key;
      find(layer.map, whole, layer.tree, true)
          .ifPresent(place -> inner.add(new Layer(place.map.map(place.key), "", layer.tree)));
      if (root && layer.map.keys().stream().anyMatch(k -> k.startsWith(whole + "."))) {
        layer.map.keys().stream().filter(k -> k.startsWith(whole + ".")).forEach(used::add);
        inner.add(new Layer(layer.map, whole + ".", layer.tree));
      }
    }
    if (inner.isEmpty()) {
      inner.add(new Layer(layers.getLast().map.map(" absent " + key), "", Map.of()));
    }
    return inner(inner);
  }

  List<Settings> maps(String key) {
    return find(key)
        .map(
            place ->
                place.map.maps(place.key).stream()
                    .map(map -> inner(List.of(new Layer(map, "", place.tree))))
                    .toList())
        .orElse(List.of());
  }

  /// Whether a list is written there.
  boolean isList(String key) {
    return find(key).map(place -> tree(place) instanceof List<?>).orElse(false);
  }

  boolean isMap(String key) {
    return find(key).map(place -> tree(place) instanceof Map<?, ?>).orElse(false);
  }

  /// A mapping of any shape, with its values' own types.
  Map<String, Object> tree(String key) {
    Optional<Place> place = find(key);
    if (place.isEmpty()) {
      return new LinkedHashMap<>();
    }
    return place.get().map.isPresent()
        ? free(place.get().map.map(place.get().key), tree(place.get()))
        : new LinkedHashMap<>();
  }

  private Map<String, Object> free(ConfigMap map, @Nullable Object shape) {
    Map<String, Object> out = new LinkedHashMap<>();
    for (String key : map.keys()) {
      Object value = shape instanceof Map<?, ?> known ? known.get(key) : null;
      switch (value) {
        case null -> map.has(key);
        case Map<?, ?> inner -> out.put(key, free(map.map(key), inner));
        case List<?> list -> out.put(key, list(map, key, list));
        case String text -> out.put(key, text(map, key));
        default -> out.put(key, value);
      }
    }
    return out;
  }

  private String text(ConfigMap map, String key) {
    // masked secrets are only masked in the tree
    try {
      return expand(map.string(key, ""));
    } catch (OrielException e) {
      map.problem(key, e.reason());
      return "";
    }
  }

  private static List<Object> list(ConfigMap map, String key, List<?> shape) {
    boolean texts = shape.stream().allMatch(item -> item instanceof String);
    if (texts) {
      return new ArrayList<>(map.strings(key));
    }
    map.has(key);
    return new ArrayList<>(shape);
  }

  private static @Nullable Object tree(Place place) {
    return descend(place.tree, place.map.path()) instanceof Map<?, ?> map
        ? map.get(place.key)
        : null;
  }

  /// The value at a path such as `filebeat.inputs[0].fields`, whose keys may have dots.
  static @Nullable Object descend(@Nullable Object value, String path) {
    if (path.isEmpty()) {
      return value;
    }
    if (path.startsWith("[") && value instanceof List<?> list) {
      int close = path.indexOf(']');
      int index = Integer.parseInt(path.substring(1, close));
      String rest = path.substring(close + 1);
      return index < list.size()
          ? descend(list.get(index), rest.startsWith(".") ? rest.substring(1) : rest)
          : null;
    }
    if (value instanceof Map<?, ?> map) {
      for (Map.Entry<?, ?> member : map.entrySet()) {
        String key = String.valueOf(member.getKey());
        boolean whole = path.equals(key);
        boolean deeper = path.startsWith(key + ".") || path.startsWith(key + "[");
        if (whole || deeper) {
          String rest = path.substring(key.length());
          Object found =
              descend(member.getValue(), rest.startsWith(".") ? rest.substring(1) : rest);
          if (found != null) {
            return found;
          }
        }
      }
    }
    return null;
  }
}
