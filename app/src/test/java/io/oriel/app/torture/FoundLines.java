package io.oriel.app.torture;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The lines of {@link TortureWriter}s that are in the engine.
final class FoundLines {
  private final List<String> twice = new ArrayList<>();
  private final Map<String, BitSet> numbers = new HashMap<>();

  /** By the file's part of the id, then by the position's; ids of a file grow with the offset. */
  private final Map<String, TreeMap<String, Integer>> files = new HashMap<>();

  private int lines;

  void add(String id, String message) {
    String[] words = message.split(" ", 3);
    int number = Integer.parseInt(words[1]);
    BitSet seen = numbers.computeIfAbsent(words[0], _ -> new BitSet());
    if (seen.get(number)) {
      twice.add(words[0] + " " + number + " (" + id + ")");
    }
    seen.set(number);
    lines++;
    files
        .computeIfAbsent(id.substring(0, id.length() - 16), _ -> new TreeMap<>())
        .put(id.substring(id.length() - 16), number);
  }

  int lines() {
    return lines;
  }

  /// Lines that are there more than once.
  List<String> twice() {
    return twice;
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
