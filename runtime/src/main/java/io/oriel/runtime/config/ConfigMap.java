package io.oriel.runtime.config;

import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Quoted;
import io.oriel.model.number.GoFloat;
import io.oriel.model.time.DurationSyntax;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/// A mapping in a config file, read key by key. Every getter returns something usable, also after a
/// mistake, which it notes; so binding always runs to its end. An absent key and a null value are
/// the same. Not thread-safe.
public final class ConfigMap {
  /** What YAML 1.1, which upstream's loader follows, takes for true and false. */
  private static final Set<String> TRUE =
      Set.of("true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON", "y", "Y");

  private static final Set<String> FALSE =
      Set.of("false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF", "n", "N");

  private static final Tag BINARY = new Tag("tag:yaml.org,2002:binary");

  private final ConfigDocument document;
  private final String path;
  private final int line;
  private final boolean present;
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final Set<String> asked = new LinkedHashSet<>();
  private final Set<String> fromMerge = new LinkedHashSet<>();
  private final Map<String, List<ConfigMap>> children = new LinkedHashMap<>();
  private boolean open;

  private record Entry(Node value, int line) {}

  ConfigMap(ConfigDocument document, @Nullable MappingNode node, String path, int line) {
    this.document = document;
    this.path = path;
    this.line = line;
    this.present = node != null;
    if (node != null) {
      collect(node, false);
    }
    document.add(this);
  }

  private void collect(MappingNode node, boolean merged) {
    for (NodeTuple tuple : node.getValue()) {
      String key = tuple.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "?";
      int keyLine = line(tuple.getKeyNode());
      if (tuple.getKeyNode().getTag().equals(BINARY)) {
        document.problem(keyLine, child(key), "got a binary key, want text");
      }
      if (key.equals("<<")) {
        merge(tuple.getValueNode());
      } else if (!merged && entries.containsKey(key) && !fromMerge.contains(key)) {
        document.problem(keyLine, child(key), "key is there twice");
      } else if (!merged || !entries.containsKey(key)) {
        entries.put(key, new Entry(tuple.getValueNode(), keyLine));
        if (merged) {
          fromMerge.add(key);
        }
      }
    }
  }

  private void merge(Node value) {
    if (value instanceof MappingNode mapping) {
      collect(mapping, true);
    } else if (value instanceof SequenceNode sequence) {
      sequence.getValue().forEach(this::merge);
    } else {
      document.problem(line(value), child("<<"), "got a scalar, want a mapping to merge");
    }
  }

  /// Whether the mapping was written at all.
  public boolean isPresent() {
    return present;
  }

  /// Whether {@code key} is there with a value other than null.
  public boolean has(String key) {
    asked.add(key);
    return find(key) != null;
  }

  /// Whether {@code key} is written, be it with null as its value.
  public boolean names(String key) {
    asked.add(key);
    return entries.containsKey(key);
  }

  /// The keys that begin with {@code prefix}, in the order of the file; they are known from now on.
  public List<String> keys(String prefix) {
    List<String> keys = entries.keySet().stream().filter(key -> key.startsWith(prefix)).toList();
    asked.addAll(keys);
    return keys;
  }

  /// Every key, in the order of the file.
  public Set<String> keys() {
    open = true;
    return Collections.unmodifiableSet(entries.keySet());
  }

  /// The path of this mapping from the top of the file, `global` or `scrape_configs[2]`.
  public String path() {
    return path;
  }

  /// Notes a mistake in the value of {@code key}, or in this mapping when {@code key} is empty.
  public void problem(String key, String text) {
    Entry entry = entries.get(key);
    document.problem(entry == null ? line : entry.line(), key.isEmpty() ? path : child(key), text);
  }

  /// The text of {@code key}; any scalar will do, as it does upstream.
  public String string(String key, String fallback) {
    return optionalString(key).orElse(fallback);
  }

  /// The text of {@code key}, which must be there and not be empty.
  public String requiredString(String key) {
    String text = string(key, "");
    if (text.isEmpty()) {
      problem(key, "missing, want text");
    }
    return text;
  }

  public Optional<String> optionalString(String key) {
    return Optional.ofNullable(scalar(key, "text")).map(ScalarNode::getValue);
  }

  public Secret secret(String key) {
    return Secret.of(string(key, ""));
  }

  public boolean bool(String key, boolean fallback) {
    ScalarNode node = scalar(key, "true or false");
    if (node == null) {
      return fallback;
    }
    boolean plain = node.getScalarStyle() == ScalarStyle.PLAIN;
    if (plain && TRUE.contains(node.getValue())) {
      return true;
    }
    if (!plain || !FALSE.contains(node.getValue())) {
      problem(key, "got " + Quoted.of(node.getValue()) + ", want true or false");
      return fallback;
    }
    return false;
  }

  public Optional<Boolean> optionalBool(String key) {
    return has(key) ? Optional.of(bool(key, false)) : Optional.empty();
  }

  /// A whole number; underscores are allowed between digits, `0x` and `0o` prefixes are understood.
  public long integer(String key, long fallback) {
    return parsed(key, fallback, "a whole number", text -> Long.decode(text.replace("_", "")));
  }

  public double number(String key, double fallback) {
    return parsed(key, fallback, "a number", GoFloat::parse);
  }

  /// A duration in Prometheus' notation, in milliseconds.
  public long durationMillis(String key, long fallback) {
    return parsed(key, fallback, "a duration such as 1m30s", DurationSyntax::parseMillis);
  }

  public Optional<Long> optionalDurationMillis(String key) {
    return has(key) ? Optional.of(durationMillis(key, 0)) : Optional.empty();
  }

  /// A size with a unit, in bytes: `512MB`, `1GiB`; all units are powers of two, as upstream has
  /// them.
  public long sizeBytes(String key, long fallback) {
    return parsed(key, fallback, "a size such as 512MB", ByteSize::parse);
  }

  /// The value of {@code key} as {@code parser} reads it; a refusal by exception becomes a problem.
  public <T> T parsed(String key, T fallback, String want, Function<String, T> parser) {
    ScalarNode node = scalar(key, want);
    if (node == null) {
      return fallback;
    }
    try {
      return parser.apply(node.getValue());
    } catch (OrielException e) {
      problem(key, e.reason());
    } catch (IllegalArgumentException _) {
      problem(key, "got " + Quoted.of(node.getValue()) + ", want " + want);
    }
    return fallback;
  }

  /// One of the words that {@code choices} has.
  public <T> T choice(String key, T fallback, Map<String, T> choices) {
    ScalarNode node = scalar(key, "one of " + choices.keySet());
    if (node == null) {
      return fallback;
    }
    T chosen = choices.get(node.getValue());
    if (chosen == null) {
      problem(
          key,
          "got "
              + Quoted.of(node.getValue())
              + ", want one of "
              + choices.keySet()
              + Suggestion.forWord(node.getValue(), choices.keySet()));
      return fallback;
    }
    return chosen;
  }

  /// The mapping under {@code key}; an absent one is empty and not {@link #isPresent}.
  public ConfigMap map(String key) {
    asked.add(key);
    return children.computeIfAbsent(key, _ -> List.of(onlyChild(key))).getFirst();
  }

  private ConfigMap onlyChild(String key) {
    Entry entry = find(key);
    return entry == null
        ? new ConfigMap(document, null, child(key), line)
        : mapping(entry.value(), child(key), entry.line());
  }

  /// The mappings listed under {@code key}; a null item is an empty mapping that is not {@link
  /// #isPresent}.
  public List<ConfigMap> maps(String key) {
    return children.computeIfAbsent(key, this::listedChildren);
  }

  private List<ConfigMap> listedChildren(String key) {
    List<ConfigMap> found = new ArrayList<>();
    for (Node item : sequence(key)) {
      found.add(mapping(item, child(key) + "[" + found.size() + "]", line(item)));
    }
    return List.copyOf(found);
  }

  /// The texts listed under {@code key}.
  public List<String> strings(String key) {
    List<String> found = new ArrayList<>();
    for (Node item : sequence(key)) {
      if (item instanceof ScalarNode scalar) {
        found.add(scalar.getTag().equals(Tag.NULL) ? "" : scalar.getValue());
      } else {
        document.problem(
            line(item),
            child(key) + "[" + found.size() + "]",
            "got a " + kind(item) + ", want text");
      }
    }
    return found;
  }

  /// Text by text under {@code key}.
  public Map<String, String> stringMap(String key) {
    Map<String, String> found = new LinkedHashMap<>();
    ConfigMap map = map(key);
    for (String name : map.keys()) {
      found.put(name, map.string(name, ""));
    }
    return found;
  }

  /// The line of {@code key}, or of the mapping itself when it is not there; counted from 1.
  public int line(String key) {
    Entry entry = entries.get(key);
    return entry == null ? line : entry.line();
  }

  void reportUnknownKeys() {
    if (open) {
      return;
    }
    entries.forEach(
        (key, entry) -> {
          if (!asked.contains(key)) {
            document.problem(
                entry.line(), child(key), "unknown key" + Suggestion.forWord(key, asked));
          }
        });
  }

  private List<Node> sequence(String key) {
    asked.add(key);
    Entry entry = find(key);
    if (entry == null) {
      return List.of();
    }
    if (entry.value() instanceof SequenceNode sequence) {
      return sequence.getValue();
    }
    problem(key, "got a " + kind(entry.value()) + ", want a list");
    return List.of();
  }

  private ConfigMap mapping(Node node, String at, int atLine) {
    if (node instanceof MappingNode mapping) {
      return new ConfigMap(document, mapping, at, atLine);
    }
    if (!node.getTag().equals(Tag.NULL)) {
      document.problem(atLine, at, "got a " + kind(node) + ", want a mapping");
    }
    return new ConfigMap(document, null, at, atLine);
  }

  private @Nullable ScalarNode scalar(String key, String want) {
    asked.add(key);
    Entry entry = find(key);
    if (entry == null) {
      return null;
    }
    if (entry.value() instanceof ScalarNode scalar) {
      return scalar;
    }
    problem(key, "got a " + kind(entry.value()) + ", want " + want);
    return null;
  }

  private @Nullable Entry find(String key) {
    Entry entry = entries.get(key);
    return entry == null || entry.value().getTag().equals(Tag.NULL) ? null : entry;
  }

  private String child(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  private static int line(Node node) {
    return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
  }

  private static String kind(Node node) {
    return switch (node.getNodeType()) {
      case SCALAR -> "scalar";
      case SEQUENCE -> "list";
      case MAPPING -> "mapping";
      case ANCHOR -> "reference";
    };
  }
}
