package io.oriel.promql.script;

import io.oriel.model.error.OrielException;
import io.oriel.model.time.DurationSyntax;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The start timestamps of a series, as durations relative to its samples: `-1m`, `_x3`,
/// `-1m-30sx4`.
final class StartSequence {
  private static final Pattern ITEM =
      Pattern.compile("([+-]?)([0-9]+[a-wyz]*)(?:([+-])([0-9]+[a-wyz]*))?(?:x([0-9]{1,8}))?");

  private StartSequence() {}

  static List<SequenceValue> parse(String text) {
    List<SequenceValue> values = new ArrayList<>();
    for (String item : text.strip().split("\\s+")) {
      if (item.startsWith("_")) {
        values.addAll(SeriesLine.values(item));
        continue;
      }
      Matcher matcher = ITEM.matcher(item);
      if (!matcher.matches()) {
        throw OrielException.invalid("invalid ST item \"" + item + "\"");
      }
      long offset = duration(matcher.group(1), matcher.group(2));
      long step = matcher.group(4) == null ? 0 : duration(matcher.group(3), matcher.group(4));
      int more = matcher.group(5) == null ? 0 : Integer.parseInt(matcher.group(5));
      for (int i = 0; i <= more; i++) {
        values.add(SequenceValue.of((double) (offset + i * step)));
      }
    }
    return values;
  }

  private static long duration(String sign, String text) {
    long millis = DurationSyntax.parseMillis(text);
    return sign.equals("-") ? -millis : millis;
  }
}
