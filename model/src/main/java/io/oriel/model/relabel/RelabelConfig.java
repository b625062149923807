package io.oriel.model.relabel;

import io.oriel.model.error.OrielException;
import io.oriel.model.labels.NameValidation;
import io.oriel.model.labels.Quoted;
import java.util.List;

/// One relabelling rule, as an item of `relabel_configs` writes it.
///
/// @param sourceLabels the labels whose values are joined by {@code separator}
/// @param regex RE2, matched against the whole of what was joined
/// @param modulus for `hashmod`, unsigned
/// @param targetLabel the label to set; for `replace` a template
/// @param replacement a template with `$1`, `${name}`
/// @param names which label names are acceptable
public record RelabelConfig(
    RelabelAction action,
    List<String> sourceLabels,
    String separator,
    String regex,
    long modulus,
    String targetLabel,
    String replacement,
    NameValidation names) {
  /** What `separator` is when not given. */
  public static final String DEFAULT_SEPARATOR = ";";

  /** What `regex` is when not given. */
  public static final String DEFAULT_REGEX = "(.*)";

  /** What `replacement` is when not given. */
  public static final String DEFAULT_REPLACEMENT = "$1";

  /// @throws OrielException of kind INVALID, with upstream's words, when the parts contradict the
  ///   action
  public RelabelConfig {
    sourceLabels = List.copyOf(sourceLabels);
    String mistake =
        new RelabelCheck(
                action, sourceLabels, separator, regex, modulus, targetLabel, replacement, names)
            .mistake();
    if (!mistake.isEmpty()) {
      throw OrielException.invalid(mistake);
    }
  }

  /// A rule with everything else at its default.
  public static RelabelConfig of(
      RelabelAction action, List<String> sourceLabels, String regex, String targetLabel) {
    return new RelabelConfig(
        action,
        sourceLabels,
        DEFAULT_SEPARATOR,
        regex,
        0,
        targetLabel,
        DEFAULT_REPLACEMENT,
        NameValidation.UTF8);
  }

  /// What is wrong with a rule; in the order in which upstream looks.
  private record RelabelCheck(
      RelabelAction action,
      List<String> sourceLabels,
      String separator,
      String regex,
      long modulus,
      String targetLabel,
      String replacement,
      NameValidation names) {
    String mistake() {
      boolean plainTarget =
          switch (action) {
            case HASHMOD, LOWERCASE, UPPERCASE, KEEPEQUAL, DROPEQUAL -> true;
            case REPLACE, KEEP, DROP, LABELMAP, LABELDROP, LABELKEEP -> false;
          };
      if (action == RelabelAction.HASHMOD && modulus == 0) {
        return "relabel configuration for hashmod requires non-zero modulus";
      }
      if ((plainTarget || action == RelabelAction.REPLACE) && targetLabel.isEmpty()) {
        return "relabel configuration for "
            + action.word()
            + " action requires 'target_label' value";
      }
      boolean badTarget =
          (plainTarget && !names.allowsLabel(targetLabel))
              || (action == RelabelAction.REPLACE && !allowsTemplate(targetLabel));
      if (badTarget) {
        return Quoted.of(targetLabel)
            + " is invalid 'target_label' for "
            + action.word()
            + " action";
      }
      boolean custom = !replacement.equals(DEFAULT_REPLACEMENT);
      if (plainTarget && action != RelabelAction.HASHMOD && custom) {
        return "'replacement' can not be set for " + action.word() + " action";
      }
      if (action == RelabelAction.LABELMAP && !allowsTemplate(replacement)) {
        return Quoted.of(replacement) + " is invalid 'replacement' for labelmap action";
      }
      return surplus(custom);
    }

    private String surplus(boolean customReplacement) {
      boolean more = modulus != 0 || !separator.equals(DEFAULT_SEPARATOR) || customReplacement;
      boolean equal = action == RelabelAction.KEEPEQUAL || action == RelabelAction.DROPEQUAL;
      if (equal && (more || !regex.equals(DEFAULT_REGEX))) {
        return action.word()
            + " action requires only 'source_labels' and 'target_label', and no other fields";
      }
      boolean names = action == RelabelAction.LABELDROP || action == RelabelAction.LABELKEEP;
      if (names && (more || !sourceLabels.isEmpty() || !targetLabel.isEmpty())) {
        return action.word() + " action requires only 'regex', and no other fields";
      }
      return "";
    }

    private boolean allowsTemplate(String template) {
      Template parsed = Template.parse(template);
      if (!parsed.hasGroups()) {
        return names.allowsLabel(template);
      }
      return names == NameValidation.UTF8
          || NameValidation.LEGACY.allowsLabel("a" + parsed.literals());
    }
  }
}
