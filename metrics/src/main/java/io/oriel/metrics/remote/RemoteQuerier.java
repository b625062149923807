package io.oriel.metrics.remote;

import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.model.matcher.Matcher;
import io.oriel.model.series.Answer;
import io.oriel.model.series.EncodedChunk;
import io.oriel.model.series.Querier;
import io.oriel.model.series.SampleColumns;
import io.oriel.model.series.SelectHints;
import io.oriel.model.series.Series;
import io.oriel.model.series.SeriesCursor;
import io.oriel.model.series.Warning;
import io.oriel.tsdb.chunk.SampleEncoder;
import io.oriel.wire.remoteread.ReadRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One time range of one remote storage.
final class RemoteQuerier implements Querier {
  private final RemoteReader reader;
  private final long minMillis;
  private final long maxMillis;

  RemoteQuerier(RemoteReader reader, long minMillis, long maxMillis) {
    this.reader = reader;
    this.minMillis = minMillis;
    this.maxMillis = maxMillis;
  }

  @Override
  public SeriesCursor select(SelectHints hints, List<Matcher> matchers) {
    if (!hasRequired(matchers)) {
      return new Cursor(List.of(), List.of());
    }
    List<Matcher> asked = new ArrayList<>(matchers);
    Set<String> added = new HashSet<>();
    Labels external = reader.external();
    for (int i = 0; i < external.size(); i++) {
      String name = external.name(i);
      if (matchers.stream().noneMatch(matcher -> matcher.name().equals(name))) {
        asked.add(Matcher.of(Matcher.Type.EQUAL, name, external.value(i)));
        added.add(name);
      }
    }
    try {
      List<Series> found = new ArrayList<>();
      reader
          .read(new ReadRequest.Query(minMillis, maxMillis, asked, hints))
          .forEach((labels, samples) -> found.add(new Read(labels.without(added), samples)));
      found.sort(Comparator.comparing(Series::labels));
      return new Cursor(found, List.of());
    } catch (IOException e) {
      return failed(String.valueOf(e.getMessage()));
    } catch (OrielException e) {
      return failed(e.reason());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return failed("interrupted");
    }
  }

  private static SeriesCursor failed(String reason) {
    return new Cursor(List.of(), List.of(Warning.warning("remote_read: " + reason)));
  }

  private boolean hasRequired(List<Matcher> matchers) {
    Labels required = reader.config().requiredMatchers();
    for (int i = 0; i < required.size(); i++) {
      String name = required.name(i);
      String value = required.value(i);
      boolean met =
          matchers.stream()
              .anyMatch(
                  matcher ->
                      matcher.type() == Matcher.Type.EQUAL
                          && matcher.name().equals(name)
                          && matcher.value().equals(value));
      if (!met) {
        return false;
      }
    }
    return true;
  }

  @Override
  public Answer<List<String>> labelValues(String name, int limit, List<Matcher> matchers) {
    return Answer.of(List.of());
  }

  @Override
  public Answer<List<String>> labelNames(int limit, List<Matcher> matchers) {
    return Answer.of(List.of());
  }

  @Override
  public void close() {
    // the reader belongs to the config and stays open
  }

  /// Samples that are already here.
  private record Read(Labels labels, SampleColumns samples) implements Series {
    @Override
    public void read(SampleColumns into) {
      for (int i = 0; i < samples.size(); i++) {
        into.addRow(samples, i);
      }
    }

    @Override
    public List<EncodedChunk> chunks() {
      return SampleEncoder.encode(samples);
    }
  }

  private static final class Cursor implements SeriesCursor {
    private final Iterator<Series> series;
    private final List<Warning> warnings;

    Cursor(List<Series> series, List<Warning> warnings) {
      this.series = series.iterator();
      this.warnings = warnings;
    }

    @Override
    public @Nullable Series next() {
      return series.hasNext() ? series.next() : null;
    }

    @Override
    public List<Warning> warnings() {
      return warnings;
    }

    @Override
    public void close() {
      // nothing is held
    }
  }
}
