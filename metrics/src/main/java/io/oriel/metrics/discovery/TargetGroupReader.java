package io.oriel.metrics.discovery;

import io.oriel.metrics.config.TargetGroup;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.LabelsBuilder;
import io.oriel.runtime.config.ConfigDocument;
import io.oriel.runtime.config.ConfigMap;
import java.util.ArrayList;
import java.util.List;

/// Reads the lists of target groups that file and HTTP discovery share, in JSON or YAML:
/// `[{"targets": ["host:port"], "labels": {"name": "value"}}]`.
///
/// JSON is YAML here, so that every mistake has its line.
final class TargetGroupReader {
  private TargetGroupReader() {}

  /// The groups in {@code text}.
  ///
  /// @param name what problems call the text
  /// @param source given the index of a group, tells it apart
  /// @param extra labels that each group gets as well
  /// @throws io.oriel.runtime.config.ConfigException with every mistake
  static List<TargetGroup> read(
      String name, String text, java.util.function.IntFunction<String> source, Labels extra) {
    ConfigDocument document = ConfigDocument.parseList(name, text, "groups");
    List<TargetGroup> groups = new ArrayList<>();
    for (ConfigMap item : document.root().maps("groups")) {
      LabelsBuilder labels = extra.toBuilder();
      item.stringMap("labels").forEach(labels::set);
      List<Labels> targets = new ArrayList<>();
      for (String address : item.strings("targets")) {
        targets.add(Labels.of("__address__", address));
      }
      if (!item.isPresent()) {
        document.root().problem("groups", "nil target group item found");
      }
      groups.add(new TargetGroup(source.apply(groups.size()), targets, labels.build()));
    }
    document.check();
    return groups;
  }
}
