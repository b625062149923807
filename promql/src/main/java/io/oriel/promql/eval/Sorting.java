package io.oriel.promql.eval;

import io.oriel.model.labels.Labels;
import io.oriel.promql.value.Column;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// `sort` and its like, which order the series of an instant query.
final class Sorting {
  private Sorting() {}

  /// By value at the first step, NaN last; series without a float fall away.
  static List<Column> byValue(List<Column> columns, boolean descending) {
    List<Column> sorted = new ArrayList<>();
    for (Column column : columns) {
      column.dropHistograms();
      if (!column.isEmpty()) {
        sorted.add(column);
      }
    }
    sorted.sort(
        Comparator.comparingDouble(
            column -> {
              double value = column.value(0);
              return Double.isNaN(value) ? Double.NaN : (descending ? -value : value) + 0.0;
            }));
    return numbered(sorted);
  }

  /// By the values of {@code names} in turn, in natural order; then by all labels.
  static List<Column> byLabels(List<Column> columns, List<String> names, boolean descending) {
    Comparator<Labels> order =
        (a, b) -> {
          for (String name : names) {
            int byName = compareNaturally(a.get(name), b.get(name));
            if (byName != 0) {
              return byName;
            }
          }
          return a.compareTo(b);
        };
    List<Column> sorted = new ArrayList<>(columns);
    sorted.sort(Comparator.comparing(Column::labels, descending ? order.reversed() : order));
    return numbered(sorted);
  }

  private static List<Column> numbered(List<Column> columns) {
    for (int i = 0; i < columns.size(); i++) {
      columns.get(i).ordinal(i);
    }
    return columns;
  }

  /// Runs of digits compare as numbers, everything else character by character.
  static int compareNaturally(String a, String b) {
    int i = 0;
    int j = 0;
    while (i < a.length() && j < b.length()) {
      if (isDigit(a.charAt(i)) && isDigit(b.charAt(j))) {
        int endA = endOfDigits(a, i);
        int endB = endOfDigits(b, j);
        int byNumber = compareNumbers(a.substring(i, endA), b.substring(j, endB));
        if (byNumber != 0) {
          return byNumber;
        }
        i = endA;
        j = endB;
      } else {
        int byCharacter = Character.compare(a.charAt(i++), b.charAt(j++));
        if (byCharacter != 0) {
          return byCharacter;
        }
      }
    }
    int byRest = Integer.compare(a.length() - i, b.length() - j);
    return byRest != 0 ? byRest : a.compareTo(b);
  }

  private static int compareNumbers(String a, String b) {
    String x = a.replaceFirst("^0+(?=.)", "");
    String y = b.replaceFirst("^0+(?=.)", "");
    return x.length() != y.length() ? Integer.compare(x.length(), y.length()) : x.compareTo(y);
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static int endOfDigits(String text, int from) {
    int end = from;
    while (end < text.length() && isDigit(text.charAt(end))) {
      end++;
    }
    return end;
  }
}
