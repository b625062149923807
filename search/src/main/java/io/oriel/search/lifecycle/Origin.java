package io.oriel.search.lifecycle;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.opensearch.cluster.metadata.IndexMetadata;

/// From when an index' age counts until it is rolled over.
final class Origin {
  private static final Pattern DATED =
      Pattern.compile("^.*-(\\d{4})\\.(\\d{2})\\.(\\d{2})(?:-\\d+)?$");

  private Origin() {}

  /// `index.lifecycle.origination_date`, else the date in the name if the index asks for that, else
  /// its creation; in milliseconds since 1970.
  static long of(IndexMetadata index) {
    long set = LifecycleSettings.ORIGINATION_DATE.get(index.getSettings());
    if (set >= 0) {
      return set;
    }
    if (LifecycleSettings.PARSE_ORIGINATION_DATE.get(index.getSettings())) {
      Matcher date = DATED.matcher(index.getIndex().getName());
      if (!date.matches()) {
        throw new IllegalArgumentException(
            "index name ["
                + index.getIndex().getName()
                + "] does not match pattern '"
                + DATED.pattern()
                + "'");
      }
      return LocalDate.of(
              Integer.parseInt(date.group(1)),
              Integer.parseInt(date.group(2)),
              Integer.parseInt(date.group(3)))
          .atStartOfDay(ZoneOffset.UTC)
          .toInstant()
          .toEpochMilli();
    }
    return index.getCreationDate();
  }
}
