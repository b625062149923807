package io.oriel.metrics.config;

import io.oriel.model.labels.NameValidation;
import io.oriel.runtime.config.ConfigMap;
import io.oriel.wire.otlp.OtlpOptions;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The `otlp` section: how OpenTelemetry metrics become series.
public record OtlpConfig(
    List<String> promoteResourceAttributes,
    boolean promoteAllResourceAttributes,
    List<String> ignoreResourceAttributes,
    Translation translation,
    boolean keepIdentifyingResourceAttributes,
    boolean convertHistograms,
    boolean promoteScopeMetadata,
    boolean sanitizeLeadingUnderscore,
    boolean preserveMultipleUnderscores) {
  /// How names are translated.
  public enum Translation {
    UNDERSCORES_WITH_SUFFIXES("UnderscoreEscapingWithSuffixes"),
    UNDERSCORES_WITHOUT_SUFFIXES("UnderscoreEscapingWithoutSuffixes"),
    UTF8_WITH_SUFFIXES("NoUTF8EscapingWithSuffixes"),
    NONE("NoTranslation");

    private final String word;

    Translation(String word) {
      this.word = word;
    }

    /// As the config writes it.
    public String word() {
      return word;
    }
  }

  public OtlpConfig {
    promoteResourceAttributes = List.copyOf(promoteResourceAttributes);
    ignoreResourceAttributes = List.copyOf(ignoreResourceAttributes);
  }

  static OtlpConfig bind(ConfigMap in, NameValidation names) {
    Map<String, Translation> words = new java.util.LinkedHashMap<>();
    words.put("", Translation.UNDERSCORES_WITH_SUFFIXES);
    for (Translation translation : Translation.values()) {
      words.put(translation.word(), translation);
    }
    Translation translation =
        in.choice("translation_strategy", Translation.UNDERSCORES_WITH_SUFFIXES, words);
    boolean utf8 = translation == Translation.UTF8_WITH_SUFFIXES || translation == Translation.NONE;
    if (utf8 && names == NameValidation.LEGACY) {
      in.problem(
          "translation_strategy",
          "OTLP translation strategy \""
              + translation.word()
              + "\" is not allowed when UTF8 is disabled");
    }
    boolean all = in.bool("promote_all_resource_attributes", false);
    List<String> promoted = attributes(in, "promote_resource_attributes");
    List<String> ignored = attributes(in, "ignore_resource_attributes");
    if (all && !promoted.isEmpty()) {
      in.problem(
          "promote_resource_attributes",
          "'promote_all_resource_attributes' and 'promote_resource_attributes' cannot be configured"
              + " simultaneously");
    }
    if (!all && !ignored.isEmpty()) {
      in.problem(
          "ignore_resource_attributes",
          "'ignore_resource_attributes' cannot be configured unless"
              + " 'promote_all_resource_attributes' is true");
    }
    return new OtlpConfig(
        promoted,
        all,
        ignored,
        translation,
        in.bool("keep_identifying_resource_attributes", false),
        in.bool("convert_histograms_to_nhcb", false),
        in.bool("promote_scope_metadata", false),
        in.bool("label_name_underscore_sanitization", true),
        in.bool("label_name_preserve_multiple_underscores", true));
  }

  /// What the OTLP reader needs of it.
  ///
  /// @param nativeDeltas whether points of delta temporality are stored as they are
  /// @param lookbackMillis how far a query looks back
  public OtlpOptions options(boolean nativeDeltas, long lookbackMillis) {
    boolean escape =
        translation == Translation.UNDERSCORES_WITH_SUFFIXES
            || translation == Translation.UNDERSCORES_WITHOUT_SUFFIXES;
    boolean suffixes =
        translation == Translation.UNDERSCORES_WITH_SUFFIXES
            || translation == Translation.UTF8_WITH_SUFFIXES;
    return new OtlpOptions(
        escape,
        suffixes,
        Set.copyOf(promoteResourceAttributes),
        promoteAllResourceAttributes,
        Set.copyOf(ignoreResourceAttributes),
        keepIdentifyingResourceAttributes,
        convertHistograms,
        promoteScopeMetadata,
        new OtlpOptions.LabelNames(sanitizeLeadingUnderscore, preserveMultipleUnderscores),
        nativeDeltas,
        lookbackMillis);
  }

  private static List<String> attributes(ConfigMap in, String key) {
    Set<String> found = new LinkedHashSet<>();
    for (String attribute : in.strings(key)) {
      String trimmed = attribute.strip();
      if (trimmed.isEmpty()) {
        in.problem(key, "empty OTLP resource attribute");
      } else if (!found.add(trimmed)) {
        in.problem(key, "duplicated OTLP resource attribute \"" + trimmed + "\"");
      }
    }
    return List.copyOf(found);
  }
}
