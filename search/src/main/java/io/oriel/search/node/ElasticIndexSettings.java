package io.oriel.search.node;

import java.util.List;
import org.opensearch.common.settings.Setting;

/// Index settings of Elasticsearch that its own templates carry and OpenSearch does not know.
/// Accepted, kept, and without effect, since what they tune is not here.
final class ElasticIndexSettings {
  static final List<Setting<?>> ALL =
      List.of(
          Setting.boolSetting(
              "index.mapping.total_fields.ignore_dynamic_beyond_limit",
              false,
              Setting.Property.Dynamic,
              Setting.Property.IndexScope),
          Setting.simpleString(
              "index.mode",
              ElasticIndexSettings::checkMode,
              Setting.Property.IndexScope,
              Setting.Property.Final),
          Setting.simpleString("index.mapping.source.mode", Setting.Property.IndexScope));

  private ElasticIndexSettings() {}

  private static void checkMode(String mode) {
    if (!mode.isEmpty() && !mode.equals("standard") && !mode.equals("logsdb")) {
      throw new IllegalArgumentException(
          "index.mode: got [" + mode + "], want standard or logsdb: there are no other modes here");
    }
  }
}
