package io.oriel.app.torture;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The lines of {@link TortureWriter}s that are in the engine.
final class FoundLines {
  /** A whole line of a {@link TortureWriter}. */
  private static final Pattern LINE = Pattern.compile("(app[a-z]?) (\\d+) served ([0-9a-f]+)");

  private final List<String> torn = new ArrayList<>();
  private final List<String> twice = new ArrayList<>();
  private final Map<String, BitSet> numbers = new HashMap<>();

  /** By the file's part of the id, then by the position's; ids of a file grow with the offset. */
  private final Map<String, TreeMap<String, Integer>> files = new HashMap<>();

  /** In which file each line was found last. */
  private final Map<String, String> places = new HashMap<>();

  private int lines;

  void add(String id, String message) {
    Matcher line = LINE.matcher(message);
    if (!line.matches()) {
      torn.add(message + " (" + id + ")");
      return;
    }
    String name = line.group(1);
    int number = Integer.parseInt(line.group(2));
    BitSet seen = numbers.computeIfAbsent(name, _ -> new BitSet());
    String file = id.substring(0, id.length() - 16);
    String before = places.put(name + " " + number, file);
    if (before != null) {
      twice.add(name + " " + number + " in " + before + " and " + file);
    }
    seen.set(number);
    lines++;
    files.computeIfAbsent(file, _ -> new TreeMap<>()).put(id.substring(id.length() - 16), number);
  }

  int lines() {
    return lines;
  }

  /// What is there and is no whole line.
  List<String> torn() {
    return torn;
  }

  /// Lines that are there more than once.
  List<String> twice() {
    return twice;
  }

  /// Such texts shortened: neighbours that say the same but for the number are one, `a 3-7 in x`.
  static List<String> ranges(List<String> texts) {
    List<String> ranges = new ArrayList<>();
    String head = "";
    String tail = "";
    int from = 0;
    int to = -2;
    for (String text : texts.stream().sorted(FoundLines::byNumber).toList()) {
      String[] words = text.split(" ", 3);
      int number = Integer.parseInt(words[1]);
      String rest = words.length > 2 ? " " + words[2] : "";
      if (number == to + 1 && words[0].equals(head) && rest.equals(tail)) {
        to = number;
        continue;
      }
      if (to >= 0) {
        ranges.add(head + " " + from + "-" + to + tail);
      }
      head = words[0];
      tail = rest;
      from = number;
      to = number;
    }
    if (to >= 0) {
      ranges.add(head + " " + from + "-" + to + tail);
    }
    return ranges;
  }

  private static int byNumber(String one, String other) {
    String[] a = one.split(" ", 3);
    String[] b = other.split(" ", 3);
    int byName = a[0].compareTo(b[0]);
    return byName != 0 ? byName : Integer.compare(Integer.parseInt(a[1]), Integer.parseInt(b[1]));
  }

  /// Lines of a file that are not behind the ones that were written before them.
  List<String> disordered() {
    List<String> disordered = new ArrayList<>();
    files.forEach(
        (file, positions) -> {
          int last = -1;
          for (int number : positions.values()) {
            if (number <= last) {
              disordered.add(file + ": " + number + " after " + last);
            }
            last = number;
          }
        });
    return disordered;
  }

  /// Lines that are not there.
  List<String> missing(List<TortureWriter> writers) {
    List<String> missing = new ArrayList<>();
    for (TortureWriter writer : writers) {
      BitSet seen = numbers.getOrDefault(writer.name, new BitSet());
      for (int i = seen.nextClearBit(0); i < writer.written(); i = seen.nextClearBit(i + 1)) {
        missing.add(writer.name + " " + i);
      }
    }
    return missing;
  }
}
