package io.oriel.model.relabel;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.util.ArrayList;
import java.util.List;

/// A replacement text with `$1`, `${name}` and `$$`, in the grammar of Go's `regexp.Expand`.
final class Template {
  /// Either literal text or the name of a group.
  private record Part(String text, boolean group) {}

  private final String source;
  private final List<Part> parts;

  private Template(String source, List<Part> parts) {
    this.source = source;
    this.parts = parts;
  }

  static Template parse(String source) {
    List<Part> parts = new ArrayList<>();
    StringBuilder literal = new StringBuilder();
    int i = 0;
    while (i < source.length()) {
      char c = source.charAt(i);
      if (c != '$' || i + 1 == source.length()) {
        literal.append(c);
        i++;
        continue;
      }
      if (source.charAt(i + 1) == '$') {
        literal.append('$');
        i += 2;
        continue;
      }
      boolean braced = source.charAt(i + 1) == '{';
      int start = braced ? i + 2 : i + 1;
      int end = start;
      while (end < source.length() && isNamePart(source.charAt(end))) {
        end++;
      }
      boolean closed = !braced || (end < source.length() && source.charAt(end) == '}');
      if (end == start || !closed) {
        literal.append('$');
        i++;
        continue;
      }
      if (!literal.isEmpty()) {
        parts.add(new Part(literal.toString(), false));
        literal.setLength(0);
      }
      parts.add(new Part(source.substring(start, end), true));
      i = braced ? end + 1 : end;
    }
    if (!literal.isEmpty()) {
      parts.add(new Part(literal.toString(), false));
    }
    return new Template(source, List.copyOf(parts));
  }

  boolean hasGroups() {
    return parts.stream().anyMatch(Part::group);
  }

  /// The template with every group left out.
  String literals() {
    StringBuilder out = new StringBuilder();
    parts.stream().filter(part -> !part.group()).forEach(part -> out.append(part.text()));
    return out.toString();
  }

  /// The text for a successful match; groups that do not exist or did not take part are empty.
  String expand(Pattern pattern, Matcher match) {
    if (parts.size() == 1 && !parts.getFirst().group()) {
      return parts.getFirst().text();
    }
    StringBuilder out = new StringBuilder();
    for (Part part : parts) {
      if (part.group()) {
        out.append(group(pattern, match, part.text()));
      } else {
        out.append(part.text());
      }
    }
    return out.toString();
  }

  String source() {
    return source;
  }

  private static String group(Pattern pattern, Matcher match, String name) {
    int index = number(name);
    if (index < 0) {
      index = pattern.namedGroups().getOrDefault(name, -1);
    }
    if (index < 0 || index > match.groupCount()) {
      return "";
    }
    String text = match.group(index);
    return text == null ? "" : text;
  }

  private static int number(String name) {
    long number = 0;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c < '0' || c > '9' || number > 100_000_000) {
        return -1;
      }
      number = number * 10 + (c - '0');
    }
    return name.length() > 1 && name.charAt(0) == '0' ? -1 : (int) number;
  }

  private static boolean isNamePart(char c) {
    return c == '_' || Character.isLetterOrDigit(c);
  }
}
