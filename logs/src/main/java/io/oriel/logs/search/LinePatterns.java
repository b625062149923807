package io.oriel.logs.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Puts lines that say the same with other values into one pattern, whose changing words are `<*>`.
/// Not thread-safe; bounded in patterns and in words a line.
///
/// The idea is Drain's (He et al., ICWS 2017) without its tree: words with a digit are values;
/// lines of one length that agree in at least half of their words, the first one among them, belong
/// together.
final class LinePatterns {
  private static final int MAX_WORDS = 64;
  private static final int MAX_PATTERNS = 1_000;
  private static final double ALIKE = 0.5;
  private static final String ANY = "<*>";

  private final Map<String, List<Group>> groups = new HashMap<>();
  private int patterns;
  private long unassigned;

  /// A pattern and what fits it.
  ///
  /// @param text its words, changing ones as `<*>`
  /// @param example a whole line
  record Pattern(String text, long count, String example) {}

  private static final class Group {
    private final String[] words;
    private final String example;
    private long count = 1;

    Group(String[] words, String example) {
      this.words = words;
      this.example = example;
    }

    double likeness(String[] others) {
      int same = 0;
      for (int i = 0; i < words.length; i++) {
        if (words[i].equals(others[i])) {
          same++;
        }
      }
      return words.length == 0 ? 1 : (double) same / words.length;
    }

    void join(String[] others) {
      count++;
      for (int i = 0; i < words.length; i++) {
        if (!words[i].equals(others[i])) {
          words[i] = ANY;
        }
      }
    }
  }

  /// Takes a line.
  void add(String line) {
    String[] words = words(line);
    String first = words.length == 0 ? "" : words[0];
    List<Group> alike = groups.computeIfAbsent(words.length + " " + first, _ -> new ArrayList<>());
    Group best = null;
    double bestLikeness = 0;
    for (Group group : alike) {
      double likeness = group.likeness(words);
      if (likeness > bestLikeness) {
        best = group;
        bestLikeness = likeness;
      }
    }
    if (best != null && bestLikeness >= ALIKE) {
      best.join(words);
    } else if (patterns < MAX_PATTERNS) {
      alike.add(new Group(words, line));
      patterns++;
    } else {
      unassigned++;
    }
  }

  private static String[] words(String line) {
    String[] words = line.strip().split("\\s+", MAX_WORDS);
    for (int i = 0; i < words.length; i++) {
      if (isValue(words[i])) {
        words[i] = ANY;
      }
    }
    return words.length == 1 && words[0].isEmpty() ? new String[0] : words;
  }

  private static boolean isValue(String word) {
    for (int i = 0; i < word.length(); i++) {
      char c = word.charAt(i);
      if (c >= '0' && c <= '9') {
        return true;
      }
    }
    return false;
  }

  /// The most frequent patterns first.
  List<Pattern> most(int count) {
    return groups.values().stream()
        .flatMap(List::stream)
        .sorted(Comparator.comparingLong((Group group) -> group.count).reversed())
        .limit(count)
        .map(group -> new Pattern(String.join(" ", group.words), group.count, group.example))
        .toList();
  }

  /// How many lines found no pattern because there were too many.
  long unassigned() {
    return unassigned;
  }
}
