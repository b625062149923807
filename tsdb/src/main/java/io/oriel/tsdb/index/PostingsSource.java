package io.oriel.tsdb.index;

import java.util.List;

/// Lists of series references by label, each ascending. Thread-safe.
public interface PostingsSource {
  /// References of the series with this label; empty when there are none. The caller may keep but
  /// not change it.
  int[] postings(String name, String value);

  /// References of all series.
  int[] all();

  /// The values of label {@code name}, in UTF-8 order.
  List<String> values(String name);
}
