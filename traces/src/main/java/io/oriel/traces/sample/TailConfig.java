package io.oriel.traces.sample;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.oriel.model.trace.SpanStatus;
import io.oriel.runtime.config.ConfigDocument;
import io.oriel.runtime.config.ConfigMap;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Tail sampling: the collector's `tail_sampling` section, keys and shape as there.
///
/// @param decisionWait from a trace's first span to the decision
/// @param traces most traces undecided at once; the oldest is decided early when there are more
/// @param maxBytes most bytes undecided, as they came over the wire
/// @param sampledCache how many kept traces are remembered for spans that come late
/// @param droppedCache how many others are
/// @param firstMatch whether the first policy that samples ends the evaluation
/// @param dropPending whether a stop drops what is undecided, instead of deciding it
public record TailConfig(
    Duration decisionWait,
    int traces,
    long maxBytes,
    int sampledCache,
    int droppedCache,
    boolean firstMatch,
    boolean dropPending,
    List<TailPolicy> policies) {
  private static final long STANDARD_WAIT_MILLIS = 30_000;
  private static final int STANDARD_TRACES = 50_000;
  private static final long STANDARD_BYTES = 256L << 20;

  public TailConfig {
    policies = List.copyOf(policies);
  }

  /// These policies, and everything else as it is by default.
  public static TailConfig of(List<TailPolicy> policies) {
    return new TailConfig(
        Duration.ofMillis(STANDARD_WAIT_MILLIS),
        STANDARD_TRACES,
        STANDARD_BYTES,
        2 * STANDARD_TRACES,
        2 * STANDARD_TRACES,
        false,
        false,
        policies);
  }

  /// Reads a file with the section's keys at its top.
  ///
  /// @throws io.oriel.runtime.config.ConfigException with every mistake and its line
  public static TailConfig load(Path file) throws IOException {
    ConfigDocument document = ConfigDocument.load(file);
    TailConfig config = bind(document.root());
    document.check();
    return config;
  }

  /// Reads the section's keys.
  public static TailConfig bind(ConfigMap in) {
    int traces = (int) in.integer("num_traces", STANDARD_TRACES);
    ConfigMap cache = in.map("decision_cache");
    in.integer("expected_new_traces_per_sec", 0);
    TailConfig config =
        new TailConfig(
            Duration.ofMillis(in.durationMillis("decision_wait", STANDARD_WAIT_MILLIS)),
            traces,
            in.sizeBytes("max_bytes", STANDARD_BYTES),
            (int) cache.integer("sampled_cache_size", 2L * STANDARD_TRACES),
            (int) cache.integer("non_sampled_cache_size", 2L * STANDARD_TRACES),
            in.bool("sample_on_first_match", false),
            in.bool("drop_pending_traces_on_shutdown", false),
            policies(in, "policies"));
    if (config.policies.isEmpty()) {
      in.problem("policies", "got none, want at least one");
    }
    if (traces < 1) {
      in.problem("num_traces", "got " + traces + ", want at least 1");
    }
    return config;
  }

  private static List<TailPolicy> policies(ConfigMap in, String key) {
    List<TailPolicy> policies = new ArrayList<>();
    for (ConfigMap each : in.maps(key)) {
      policies.add(new TailPolicy(each.requiredString("name"), rule(each)));
    }
    return policies;
  }

  private static List<TailRule> rules(ConfigMap in, String key) {
    return policies(in, key).stream().map(TailPolicy::rule).toList();
  }

  private static TailRule rule(ConfigMap in) {
    String type = in.requiredString("type");
    ConfigMap own = in.map(type);
    return switch (type) {
      case "always_sample" -> new TailRule.AlwaysSample();
      case "latency" ->
          new TailRule.Latency(
              own.integer("threshold_ms", 0), own.integer("upper_threshold_ms", 0));
      case "numeric_attribute" ->
          new TailRule.NumericAttribute(
              own.requiredString("key"),
              own.integer("min_value", Long.MIN_VALUE),
              own.integer("max_value", Long.MAX_VALUE),
              own.bool("invert_match", false));
      case "probabilistic" ->
          new TailRule.Probabilistic(
              own.number("sampling_percentage", 0), own.string("hash_salt", ""));
      case "status_code" -> statusCode(own);
      case "string_attribute" -> stringAttribute(own);
      case "trace_state" ->
          new TailRule.TraceState(own.requiredString("key"), Set.copyOf(own.strings("values")));
      case "trace_flags" -> new TailRule.TraceFlags();
      case "rate_limiting" -> new TailRule.RateLimiting(own.integer("spans_per_second", 0));
      case "bytes_limiting" -> {
        long rate = own.integer("bytes_per_second", 0);
        yield new TailRule.BytesLimiting(rate, own.integer("burst_capacity", 2 * rate));
      }
      case "span_count" ->
          new TailRule.SpanCount(
              (int) own.integer("min_spans", 0), (int) own.integer("max_spans", 0));
      case "boolean_attribute" ->
          new TailRule.BooleanAttribute(
              own.requiredString("key"), own.bool("value", false), own.bool("invert_match", false));
      case "and" -> new TailRule.And(rules(own, "and_sub_policy"));
      case "drop" -> new TailRule.Drop(rules(own, "drop_sub_policy"));
      case "composite" -> composite(own);
      case "ottl_condition" -> {
        in.problem(
            "type",
            "ottl_condition is not supported, want attributes' policies joined by and, or drop");
        yield new TailRule.AlwaysSample();
      }
      default -> {
        in.problem("type", "got \"" + type + "\", want a policy of the tail sampling processor");
        yield new TailRule.AlwaysSample();
      }
    };
  }

  private static TailRule statusCode(ConfigMap own) {
    Set<SpanStatus.Code> codes = new LinkedHashSet<>();
    for (String word : own.strings("status_codes")) {
      switch (word) {
        case "OK" -> codes.add(SpanStatus.Code.OK);
        case "ERROR" -> codes.add(SpanStatus.Code.ERROR);
        case "UNSET" -> codes.add(SpanStatus.Code.UNSET);
        default -> own.problem("status_codes", "got " + word + ", want OK, ERROR or UNSET");
      }
    }
    return new TailRule.StatusCode(codes);
  }

  private static TailRule stringAttribute(ConfigMap own) {
    List<Pattern> patterns = new ArrayList<>();
    List<String> values = own.strings("values");
    own.integer("cache_max_size", 0);
    if (own.bool("enabled_regex_matching", false)) {
      for (String value : values) {
        try {
          patterns.add(Pattern.compile(value));
        } catch (PatternSyntaxException e) {
          own.problem("values", "got " + value + ": " + e.getDescription());
        }
      }
    }
    return new TailRule.StringAttribute(
        own.requiredString("key"), Set.copyOf(values), patterns, own.bool("invert_match", false));
  }

  private static TailRule composite(ConfigMap own) {
    Map<String, TailPolicy> byName = new LinkedHashMap<>();
    policies(own, "composite_sub_policy").forEach(policy -> byName.put(policy.name(), policy));
    List<TailPolicy> ordered = new ArrayList<>();
    for (String name : own.strings("policy_order")) {
      TailPolicy policy = byName.remove(name);
      if (policy == null) {
        own.problem("policy_order", "got " + name + ", want a name of composite_sub_policy");
      } else {
        ordered.add(policy);
      }
    }
    ordered.addAll(byName.values());
    Map<String, Integer> shares = new LinkedHashMap<>();
    for (ConfigMap each : own.maps("rate_allocation")) {
      shares.put(each.requiredString("policy"), (int) each.integer("percent", 0));
    }
    return new TailRule.Composite(own.integer("max_total_spans_per_second", 0), ordered, shares);
  }
}
