package io.oriel.search.conformance;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The handful of Python expressions that Quickwit's scenarios use as rules.
final class PythonRule {
  private static final Pattern LENGTH = Pattern.compile("len\\(val\\) (==|>) (\\d+)");
  private static final Pattern STARTS = Pattern.compile("val\\.startswith\\('(.*)'\\)");
  private static final Pattern CONTAINS = Pattern.compile("(not )?'(.*)' in val");
  private static final Pattern ONE_OF = Pattern.compile("val in \\[(.*)\\]");
  private static final Pattern NEAR = Pattern.compile("abs\\(val - ([\\d.]+)\\) < ([\\d.]+)");

  private PythonRule() {}

  static void check(String where, String rule, @Nullable Object got) {
    if (!holds(rule.strip(), got)) {
      throw new AssertionError(where + ": got " + got + ", want " + rule);
    }
  }

  private static boolean holds(String rule, @Nullable Object got) {
    Matcher length = LENGTH.matcher(rule);
    if (length.matches()) {
      int want = Integer.parseInt(length.group(2));
      return length.group(1).equals("==") ? size(got) == want : size(got) > want;
    }
    Matcher starts = STARTS.matcher(rule);
    if (starts.matches()) {
      return String.valueOf(got).startsWith(starts.group(1));
    }
    Matcher contains = CONTAINS.matcher(rule);
    if (contains.matches()) {
      String name = contains.group(2);
      boolean there =
          got instanceof Map<?, ?> map
              ? map.containsKey(name)
              : got instanceof List<?> list
                  ? list.contains(name)
                  : String.valueOf(got).contains(name);
      return there == (contains.group(1) == null);
    }
    Matcher near = NEAR.matcher(rule);
    if (near.matches() && got instanceof Number number) {
      return Math.abs(number.doubleValue() - Double.parseDouble(near.group(1)))
          < Double.parseDouble(near.group(2));
    }
    Matcher oneOf = ONE_OF.matcher(rule);
    if (oneOf.matches()) {
      for (String choice : oneOf.group(1).split(",")) {
        String plain = choice.strip().replaceAll("^'|'$", "");
        if (Documents.same(Documents.parsed(plain), got)) {
          return true;
        }
      }
      return false;
    }
    throw new AssertionError("rule not understood: " + rule);
  }

  private static int size(@Nullable Object got) {
    return switch (got) {
      case Map<?, ?> map -> map.size();
      case List<?> list -> list.size();
      case null -> -1;
      default -> got.toString().length();
    };
  }
}
