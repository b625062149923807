package io.oriel.promql.script;

import io.oriel.model.error.OrielException;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.metric.NativeHistogram.Buckets;
import io.oriel.model.metric.NativeHistogram.ResetHint;
import io.oriel.model.metric.NativeHistogramBuilder;
import io.oriel.model.number.GoFloat;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A histogram as test scripts write it: `schema:1 sum:3 count:22 buckets:[5 10 7]`.
///
/// @param hintGiven whether it says something about counter resets
record HistogramNotation(NativeHistogram histogram, boolean hintGiven) {
  private static final Pattern ITEM =
      Pattern.compile("\\G\\s*([a-z_]+):(\\[[^\\]]*]|[^\\s\\[\\]]+)\\s*");

  static HistogramNotation parse(String text) {
    Map<String, String> parts = new HashMap<>();
    Matcher matcher = ITEM.matcher(text);
    int end = 0;
    while (matcher.find()) {
      if (parts.put(matcher.group(1), matcher.group(2)) != null) {
        throw OrielException.invalid("duplicate key \"" + matcher.group(1) + "\" in histogram");
      }
      end = matcher.end();
    }
    if (!text.substring(end).isBlank()) {
      throw OrielException.invalid("bad histogram descriptor found: \"" + text + "\"");
    }
    return build(parts);
  }

  SequenceValue value(NativeHistogram some) {
    return new SequenceValue(false, 0, some, hintGiven);
  }

  private static HistogramNotation build(Map<String, String> parts) {
    NativeHistogramBuilder builder = NativeHistogram.builder();
    double[] buckets = {};
    double[] negative = {};
    int offset = 0;
    int negativeOffset = 0;
    double zero = 0;
    double zeroWidth = 0;
    for (Map.Entry<String, String> part : parts.entrySet()) {
      String value = part.getValue();
      switch (part.getKey()) {
        case "schema" -> builder.schema(integer(value));
        case "sum" -> builder.sum(number(value));
        case "count" -> builder.count(number(value));
        case "z_bucket" -> zero = number(value);
        case "z_bucket_w" -> zeroWidth = number(value);
        case "buckets" -> buckets = list(value);
        case "offset" -> offset = integer(value);
        case "n_buckets" -> negative = list(value);
        case "n_offset" -> negativeOffset = integer(value);
        case "custom_values" -> builder.customBounds(list(value));
        case "counter_reset_hint" -> builder.resetHint(hint(value));
        default ->
            throw OrielException.invalid(
                "bad histogram descriptor found: \"" + part.getKey() + "\"");
      }
    }
    builder.zero(zeroWidth, zero);
    builder.positive(buckets(offset, buckets)).negative(buckets(negativeOffset, negative));
    return new HistogramNotation(builder.build(), parts.containsKey("counter_reset_hint"));
  }

  private static Buckets buckets(int offset, double[] counts) {
    return counts.length == 0
        ? Buckets.NONE
        : Buckets.of(new int[] {offset}, new int[] {counts.length}, counts);
  }

  private static ResetHint hint(String word) {
    return switch (word) {
      case "unknown" -> ResetHint.UNKNOWN;
      case "reset" -> ResetHint.RESET;
      case "not_reset" -> ResetHint.NO_RESET;
      case "gauge" -> ResetHint.GAUGE;
      default -> throw OrielException.invalid("bad histogram descriptor found: \"" + word + "\"");
    };
  }

  private static int integer(String text) {
    return (int) number(text);
  }

  private static double number(String text) {
    return SeriesLine.number(text, text);
  }

  private static double[] list(String text) {
    String body = text.substring(1, text.length() - 1).strip();
    if (body.isEmpty()) {
      return new double[0];
    }
    String[] items = body.split("\\s+");
    double[] values = new double[items.length];
    for (int i = 0; i < items.length; i++) {
      values[i] = number(items[i]);
    }
    return values;
  }

  /// The histogram in this notation; what has its default is left out.
  static String write(NativeHistogram histogram) {
    List<String> parts = new ArrayList<>();
    if (histogram.schema() != 0) {
      parts.add("schema:" + histogram.schema());
    }
    add(parts, "count", histogram.count());
    add(parts, "sum", histogram.sum());
    add(parts, "z_bucket", histogram.zeroCount());
    add(parts, "z_bucket_w", histogram.zeroThreshold());
    if (histogram.hasCustomBuckets()) {
      List<String> bounds = new ArrayList<>();
      for (int i = 0; i < histogram.customBoundCount(); i++) {
        bounds.add(GoFloat.formatShort(histogram.customBound(i)));
      }
      parts.add("custom_values:[" + String.join(" ", bounds) + "]");
    }
    switch (histogram.resetHint()) {
      case UNKNOWN -> {}
      case RESET -> parts.add("counter_reset_hint:reset");
      case NO_RESET -> parts.add("counter_reset_hint:not_reset");
      case GAUGE -> parts.add("counter_reset_hint:gauge");
    }
    add(parts, "", histogram.positive());
    add(parts, "n_", histogram.negative());
    return "{{" + String.join(" ", parts) + "}}";
  }

  private static void add(List<String> parts, String name, double value) {
    if (value != 0) {
      parts.add(name + ":" + GoFloat.formatShort(value));
    }
  }

  private static void add(List<String> parts, String prefix, Buckets buckets) {
    List<String> counts = new ArrayList<>();
    int offset = 0;
    int at = 0;
    for (int span = 0; span < buckets.spanCount(); span++) {
      if (counts.isEmpty()) {
        offset += buckets.spanOffset(span);
      } else {
        counts.addAll(Collections.nCopies(buckets.spanOffset(span), "0"));
      }
      for (int i = 0; i < buckets.spanLength(span); i++) {
        counts.add(GoFloat.formatShort(buckets.count(at++)));
      }
    }
    if (offset != 0) {
      parts.add(prefix + "offset:" + offset);
    }
    if (!counts.isEmpty()) {
      parts.add(prefix + "buckets:[" + String.join(" ", counts) + "]");
    }
  }
}
