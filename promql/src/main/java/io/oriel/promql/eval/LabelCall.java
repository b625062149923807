package io.oriel.promql.eval;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.LabelName;
import io.oriel.promql.value.Column;
import java.util.List;
import java.util.stream.Collectors;

/// `label_replace` and `label_join`.
final class LabelCall {
  private LabelCall() {}

  static void replace(List<Column> columns, List<String> arguments) {
    String target = arguments.get(0);
    String source = arguments.get(2);
    Pattern pattern;
    try {
      pattern = Pattern.compile("^(?s:" + arguments.get(3) + ")$");
    } catch (PatternSyntaxException _) {
      throw OrielException.invalid(
          "invalid regular expression in label_replace(): " + arguments.get(3));
    }
    checkName(target, "invalid destination label name in label_replace(): ");
    for (Column column : columns) {
      Matcher matcher = pattern.matcher(column.labels().get(source));
      if (matcher.find()) {
        assign(column, target, expand(matcher, arguments.get(1)));
      }
    }
  }

  static void join(List<Column> columns, List<String> arguments) {
    String target = arguments.getFirst();
    List<String> sources = arguments.subList(2, arguments.size());
    sources.forEach(source -> checkName(source, "invalid source label name in label_join(): "));
    checkName(target, "invalid destination label name in label_join(): ");
    for (Column column : columns) {
      String joined =
          sources.stream().map(column.labels()::get).collect(Collectors.joining(arguments.get(1)));
      assign(column, target, joined);
    }
  }

  private static void checkName(String name, String problem) {
    if (!LabelName.isUtf8(name)) {
      throw OrielException.invalid(problem + name);
    }
  }

  private static void assign(Column column, String label, String value) {
    column.labels(column.labels().with(label, value));
    if (label.equals(LabelName.METRIC)) {
      column.nameDropped(false);
    }
  }

  /// Go's `Regexp.Expand`: `$1`, `$name`, `${name}`, `$$`; a name is as long as it can be, and an
  /// unknown one stands for nothing.
  private static String expand(Matcher matcher, String template) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < template.length(); i++) {
      char c = template.charAt(i);
      if (c != '$') {
        out.append(c);
        continue;
      }
      if (template.startsWith("$$", i)) {
        out.append('$');
        i++;
        continue;
      }
      boolean braced = template.startsWith("${", i);
      int start = i + (braced ? 2 : 1);
      int end = start;
      while (end < template.length() && isWord(template.charAt(end))) {
        end++;
      }
      boolean closed = !braced || (end < template.length() && template.charAt(end) == '}');
      if (end == start || !closed) {
        out.append('$');
        continue;
      }
      out.append(group(matcher, template.substring(start, end)));
      i = braced ? end : end - 1;
    }
    return out.toString();
  }

  private static boolean isWord(char c) {
    return c == '_' || Character.isLetterOrDigit(c);
  }

  private static String group(Matcher matcher, String name) {
    String value = null;
    if (name.chars().allMatch(Character::isDigit) && name.length() < 6) {
      int number = Integer.parseInt(name);
      value = number <= matcher.groupCount() ? matcher.group(number) : null;
    } else if (matcher.pattern().namedGroups().containsKey(name)) {
      value = matcher.group(name);
    }
    return value == null ? "" : value;
  }
}
