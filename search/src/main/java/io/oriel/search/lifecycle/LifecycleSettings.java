package io.oriel.search.lifecycle;

import java.util.List;
import org.opensearch.common.settings.Setting;
import org.opensearch.common.unit.TimeValue;

/// ILM's settings, under upstream's names and with upstream's defaults.
final class LifecycleSettings {
  static final Setting<String> NAME =
      Setting.simpleString(
          "index.lifecycle.name", Setting.Property.Dynamic, Setting.Property.IndexScope);

  /**
   * How OpenSearch's own clients name the alias in their templates. There are none of its policies
   * here, so it says the same to ours.
   */
  static final Setting<String> ISM_ROLLOVER_ALIAS =
      Setting.simpleString(
          "index.plugins.index_state_management.rollover_alias",
          Setting.Property.Dynamic,
          Setting.Property.IndexScope);

  static final Setting<String> ROLLOVER_ALIAS =
      Setting.simpleString(
          "index.lifecycle.rollover_alias",
          ISM_ROLLOVER_ALIAS,
          Setting.Property.Dynamic,
          Setting.Property.IndexScope);
  static final Setting<Boolean> INDEXING_COMPLETE =
      Setting.boolSetting(
          "index.lifecycle.indexing_complete",
          false,
          Setting.Property.Dynamic,
          Setting.Property.IndexScope);
  static final Setting<Long> ORIGINATION_DATE =
      Setting.longSetting(
          "index.lifecycle.origination_date",
          -1,
          -1,
          Setting.Property.Dynamic,
          Setting.Property.IndexScope);
  static final Setting<Boolean> PARSE_ORIGINATION_DATE =
      Setting.boolSetting(
          "index.lifecycle.parse_origination_date",
          false,
          Setting.Property.Dynamic,
          Setting.Property.IndexScope);
  static final Setting<TimeValue> WAIT_TIME_THRESHOLD =
      Setting.timeSetting(
          "index.lifecycle.step.wait_time_threshold",
          TimeValue.timeValueHours(12),
          TimeValue.timeValueHours(1),
          Setting.Property.Dynamic,
          Setting.Property.IndexScope);
  static final Setting<Boolean> SKIP =
      Setting.boolSetting(
          "index.lifecycle.skip", false, Setting.Property.Dynamic, Setting.Property.IndexScope);
  static final Setting<Boolean> PREFER_ILM =
      Setting.boolSetting(
          "index.lifecycle.prefer_ilm",
          true,
          Setting.Property.Dynamic,
          Setting.Property.IndexScope);

  static final Setting<TimeValue> POLL_INTERVAL =
      Setting.timeSetting(
          "indices.lifecycle.poll_interval",
          TimeValue.timeValueMinutes(10),
          TimeValue.timeValueSeconds(1),
          Setting.Property.Dynamic,
          Setting.Property.NodeScope);
  static final Setting<Boolean> ONLY_IF_HAS_DOCUMENTS =
      Setting.boolSetting(
          "indices.lifecycle.rollover.only_if_has_documents",
          true,
          Setting.Property.Dynamic,
          Setting.Property.NodeScope);

  /** Accepted because upstream has it; there is no history index here. */
  static final Setting<Boolean> HISTORY_INDEX =
      Setting.boolSetting(
          "indices.lifecycle.history_index_enabled", true, Setting.Property.NodeScope);

  static final List<Setting<?>> ALL =
      List.of(
          NAME,
          ISM_ROLLOVER_ALIAS,
          ROLLOVER_ALIAS,
          INDEXING_COMPLETE,
          ORIGINATION_DATE,
          PARSE_ORIGINATION_DATE,
          WAIT_TIME_THRESHOLD,
          SKIP,
          PREFER_ILM,
          POLL_INTERVAL,
          ONLY_IF_HAS_DOCUMENTS,
          HISTORY_INDEX);

  private LifecycleSettings() {}
}
