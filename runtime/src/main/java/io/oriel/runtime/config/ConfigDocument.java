package io.oriel.runtime.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/// One YAML file on its way to becoming records; only its first document counts. Not thread-safe;
/// used once.
///
/// ```
/// ConfigDocument document = ConfigDocument.load(file);
/// ServerConfig config = ServerConfig.bind(document.root());
/// document.check();
/// ```
public final class ConfigDocument {
  private static final int MAX_ALIASES = 1_000;
  private static final int MAX_DEPTH = 200;
  private static final int MAX_CODE_POINTS = 64 << 20;

  private final String file;
  private final List<ConfigProblem> problems = new ArrayList<>();
  private final List<ConfigMap> maps = new ArrayList<>();
  private final ConfigMap root;

  private ConfigDocument(String file, String yaml, String listKey) {
    this.file = file;
    Optional<Node> node = compose(yaml);
    if (!listKey.isEmpty() && node.isPresent() && node.get() instanceof SequenceNode list) {
      Node key = new ScalarNode(Tag.STR, listKey, ScalarStyle.PLAIN);
      node =
          Optional.of(new MappingNode(Tag.MAP, List.of(new NodeTuple(key, list)), FlowStyle.BLOCK));
    }
    MappingNode mapping = null;
    if (node.isPresent() && node.get() instanceof MappingNode found) {
      mapping = found;
    } else if (node.isPresent() && !node.get().getTag().equals(Tag.NULL)) {
      problems.add(
          new ConfigProblem(file, 1, "", "got a " + node.get().getNodeType() + ", want a mapping"));
    }
    root = new ConfigMap(this, mapping, "", 1);
  }

  /// Reads {@code file}.
  ///
  /// @throws ConfigException when it is no YAML at all
  /// @throws IOException when it cannot be read
  public static ConfigDocument load(Path file) throws IOException {
    return parse(file.toString(), Files.readString(file));
  }

  /// Reads {@code yaml}, which problems will call {@code file}.
  ///
  /// @throws ConfigException when it is no YAML at all
  public static ConfigDocument parse(String file, String yaml) {
    return new ConfigDocument(file, yaml, "");
  }

  /// Reads {@code yaml} whose top is a list; the root then has it under {@code key}.
  ///
  /// @throws ConfigException when it is no YAML at all
  public static ConfigDocument parseList(String file, String yaml, String key) {
    return new ConfigDocument(file, yaml, key);
  }

  /// The mapping at the top; empty for an empty file.
  public ConfigMap root() {
    return root;
  }

  /// The file as the user named it.
  public String file() {
    return file;
  }

  /// Refuses the file if anything was wrong with it, keys that nobody asked for included.
  ///
  /// @throws ConfigException with every problem, by line
  public void check() {
    maps.forEach(ConfigMap::reportUnknownKeys);
    maps.clear();
    if (!problems.isEmpty()) {
      problems.sort(Comparator.comparingInt(ConfigProblem::line));
      throw new ConfigException(problems);
    }
  }

  void add(ConfigMap map) {
    maps.add(map);
  }

  void problem(int line, String path, String text) {
    problems.add(new ConfigProblem(file, line, path, text));
  }

  /// How every file is read; {@code file} appears in messages.
  static LoadSettings settings(String file) {
    return LoadSettings.builder()
        .setLabel(file)
        .setAllowDuplicateKeys(true)
        .setMaxAliasesForCollections(MAX_ALIASES)
        .setCodePointLimit(MAX_CODE_POINTS)
        .build();
  }

  /// What {@code cause} says, as a refusal of {@code file}.
  static ConfigException unreadable(String file, YamlEngineException cause) {
    int line = 1;
    String text = cause.getMessage() == null ? "not readable" : cause.getMessage();
    if (cause instanceof MarkedYamlEngineException marked) {
      line = marked.getProblemMark().map(mark -> mark.getLine() + 1).orElse(1);
      text = marked.getProblem();
    }
    return new ConfigException(List.of(new ConfigProblem(file, line, "", "yaml: " + text)));
  }

  private Optional<Node> compose(String yaml) {
    try {
      checkDepth(yaml);
      Iterator<Node> documents = new Compose(settings(file)).composeAllFromString(yaml).iterator();
      return documents.hasNext() ? Optional.of(documents.next()) : Optional.empty();
    } catch (YamlEngineException e) {
      throw unreadable(file, e);
    }
  }

  /// Composing recurses, so nesting is bounded first, over events.
  private void checkDepth(String yaml) {
    int depth = 0;
    for (Event event : new Parse(settings(file)).parseString(yaml)) {
      switch (event.getEventId()) {
        case MappingStart, SequenceStart -> depth++;
        case MappingEnd, SequenceEnd -> depth--;
        default -> {}
      }
      if (depth > MAX_DEPTH) {
        int line = event.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
        throw new ConfigException(
            List.of(
                new ConfigProblem(
                    file, line, "", "yaml: nested deeper than " + MAX_DEPTH + " levels")));
      }
    }
  }
}
