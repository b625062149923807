package io.oriel.model.relabel;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.LabelsBuilder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Rules ready to be applied, in order. Immutable, safe to share.
public final class Relabeler {
  private static final Relabeler NONE = new Relabeler(List.of());

  private record Rule(RelabelConfig config, Pattern regex, Template target, Template replacement) {}

  private final List<Rule> rules;

  private Relabeler(List<Rule> rules) {
    this.rules = rules;
  }

  /// Rules that change nothing.
  public static Relabeler none() {
    return NONE;
  }

  /// Compiles {@code configs}.
  ///
  /// @throws OrielException of kind INVALID when a regular expression is none
  public static Relabeler of(List<RelabelConfig> configs) {
    return configs.isEmpty() ? NONE : new Relabeler(configs.stream().map(Relabeler::rule).toList());
  }

  /// Whether there are no rules.
  public boolean isEmpty() {
    return rules.isEmpty();
  }

  /// What becomes of {@code labels}; empty when a rule drops them.
  public Optional<Labels> apply(Labels labels) {
    if (rules.isEmpty()) {
      return Optional.of(labels);
    }
    LabelsBuilder builder = labels.toBuilder();
    return apply(builder) ? Optional.of(builder.build()) : Optional.empty();
  }

  /// Changes {@code labels} in place; false when a rule drops them.
  public boolean apply(LabelsBuilder labels) {
    for (Rule rule : rules) {
      if (!apply(rule, labels)) {
        return false;
      }
    }
    return true;
  }

  private static Rule rule(RelabelConfig config) {
    try {
      Pattern regex = Pattern.compile("^(?s:" + config.regex() + ")$");
      return new Rule(
          config,
          regex,
          Template.parse(config.targetLabel()),
          Template.parse(config.replacement()));
    } catch (PatternSyntaxException e) {
      throw new OrielException(
          Kind.INVALID,
          "error parsing regexp: " + e.getDescription() + ": `" + e.getPattern() + "`",
          e);
    }
  }

  private static boolean apply(Rule rule, LabelsBuilder labels) {
    RelabelConfig config = rule.config();
    String value = joined(config, labels);
    switch (config.action()) {
      case KEEP -> {
        return rule.regex().matches(value);
      }
      case DROP -> {
        return !rule.regex().matches(value);
      }
      case KEEPEQUAL -> {
        return labels.get(config.targetLabel()).equals(value);
      }
      case DROPEQUAL -> {
        return !labels.get(config.targetLabel()).equals(value);
      }
      case REPLACE -> replace(rule, value, labels);
      case LOWERCASE -> labels.set(config.targetLabel(), value.toLowerCase(Locale.ROOT));
      case UPPERCASE -> labels.set(config.targetLabel(), value.toUpperCase(Locale.ROOT));
      case HASHMOD -> labels.set(config.targetLabel(), hashMod(value, config.modulus()));
      case LABELMAP -> mapNames(rule, labels);
      case LABELDROP -> keepNames(rule, labels, false);
      case LABELKEEP -> keepNames(rule, labels, true);
    }
    return true;
  }

  private static String joined(RelabelConfig config, LabelsBuilder labels) {
    List<String> sources = config.sourceLabels();
    if (sources.size() == 1) {
      return labels.get(sources.getFirst());
    }
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < sources.size(); i++) {
      out.append(i == 0 ? "" : config.separator()).append(labels.get(sources.get(i)));
    }
    return out.toString();
  }

  private static void replace(Rule rule, String value, LabelsBuilder labels) {
    Matcher match = rule.regex().matcher(value);
    if (!match.find()) {
      return;
    }
    String target = rule.target().expand(rule.regex(), match);
    if (rule.config().names().allowsLabel(target)) {
      labels.set(target, rule.replacement().expand(rule.regex(), match));
    }
  }

  private static void mapNames(Rule rule, LabelsBuilder labels) {
    Labels before = labels.build();
    for (int i = 0; i < before.size(); i++) {
      Matcher match = rule.regex().matcher(before.name(i));
      if (match.find()) {
        labels.set(rule.replacement().expand(rule.regex(), match), before.value(i));
      }
    }
  }

  private static void keepNames(Rule rule, LabelsBuilder labels, boolean keepMatching) {
    Labels before = labels.build();
    for (int i = 0; i < before.size(); i++) {
      if (rule.regex().matches(before.name(i)) != keepMatching) {
        labels.remove(before.name(i));
      }
    }
  }

  /// The last eight bytes of the MD5, big endian, modulo {@code modulus}; spreads targets over
  /// shards the same way in every implementation.
  private static String hashMod(String value, long modulus) {
    try {
      byte[] digest =
          MessageDigest.getInstance("MD5").digest(value.getBytes(StandardCharsets.UTF_8));
      return Long.toUnsignedString(
          Long.remainderUnsigned(ByteBuffer.wrap(digest).getLong(8), modulus));
    } catch (NoSuchAlgorithmException e) {
      throw new OrielException(Kind.BUG, "every Java has MD5", e);
    }
  }
}
