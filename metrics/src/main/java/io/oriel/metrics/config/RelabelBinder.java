package io.oriel.metrics.config;

import io.oriel.model.error.OrielException;
import io.oriel.model.labels.LabelName;
import io.oriel.model.labels.NameValidation;
import io.oriel.model.labels.Quoted;
import io.oriel.model.relabel.RelabelAction;
import io.oriel.model.relabel.RelabelConfig;
import io.oriel.model.relabel.Relabeler;
import io.oriel.runtime.config.ConfigMap;
import java.util.ArrayList;
import java.util.List;

/// Binds `relabel_configs` lists.
public final class RelabelBinder {
  private RelabelBinder() {}

  /// The rules under {@code key}; {@code place} says where upstream's message puts a null rule.
  public static List<RelabelConfig> bind(
      ConfigMap in, String key, String place, NameValidation names) {
    List<RelabelConfig> rules = new ArrayList<>();
    for (ConfigMap item : in.maps(key)) {
      if (!item.isPresent()) {
        in.problem(key, "empty or null " + place);
        continue;
      }
      try {
        RelabelConfig rule = rule(item, names);
        Relabeler.of(List.of(rule));
        rules.add(rule);
      } catch (OrielException e) {
        item.problem("", e.reason());
      }
    }
    return List.copyOf(rules);
  }

  private static RelabelConfig rule(ConfigMap in, NameValidation names) {
    List<String> sources = in.strings("source_labels");
    for (String source : sources) {
      if (!LabelName.isUtf8(source)) {
        in.problem("source_labels", Quoted.of(source) + " is not a valid label name");
      }
    }
    return new RelabelConfig(
        in.parsed("action", RelabelAction.REPLACE, "an action", RelabelAction::ofWord),
        sources,
        in.string("separator", RelabelConfig.DEFAULT_SEPARATOR),
        in.string("regex", RelabelConfig.DEFAULT_REGEX),
        in.parsed("modulus", 0L, "a whole number", Long::parseUnsignedLong),
        in.string("target_label", ""),
        in.string("replacement", RelabelConfig.DEFAULT_REPLACEMENT),
        names);
  }
}
