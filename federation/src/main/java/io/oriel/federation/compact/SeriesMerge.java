package io.oriel.federation.compact;

import io.oriel.model.labels.Labels;
import io.oriel.model.series.SampleColumns;
import java.util.List;

/// How the samples that several blocks have of one series become one. Stateless and thread-safe.
public interface SeriesMerge {
  /// Appends the merged samples of {@code replicas}, oldest first and each time once, to {@code
  /// into}.
  ///
  /// @param replicas two or more, in order of their blocks; each by time, none empty
  void merge(Labels series, List<SampleColumns> replicas, SampleColumns into);

  /// Every sample that any of them has; of several with one time the first replica's.
  static SeriesMerge oneToOne() {
    return (_, replicas, into) -> {
      int[] at = new int[replicas.size()];
      while (true) {
        int next = -1;
        long time = Long.MAX_VALUE;
        for (int i = 0; i < at.length; i++) {
          SampleColumns rows = replicas.get(i);
          if (at[i] < rows.size() && (next < 0 || rows.timestamps()[at[i]] < time)) {
            next = i;
            time = rows.timestamps()[at[i]];
          }
        }
        if (next < 0) {
          return;
        }
        into.addRow(replicas.get(next), at[next]);
        for (int i = 0; i < at.length; i++) {
          SampleColumns rows = replicas.get(i);
          while (at[i] < rows.size() && rows.timestamps()[at[i]] <= time) {
            at[i]++;
          }
        }
      }
    };
  }
}
