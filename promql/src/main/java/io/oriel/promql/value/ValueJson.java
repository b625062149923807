package io.oriel.promql.value;

import io.oriel.model.json.JsonWriter;
import io.oriel.model.metric.HistogramBuckets;
import io.oriel.model.metric.NativeHistogram;
import io.oriel.model.series.SampleColumns;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A query's value as JSON of the Prometheus HTTP API, from its arrays straight into bytes.
public final class ValueJson {
  /// What is done between two series of a value: nothing, or the text so far is sent.
  @FunctionalInterface
  public interface Between {
    Between NOTHING = _ -> {};

    void series(JsonWriter json) throws IOException;
  }

  private ValueJson() {}

  /// About how many samples {@code value} has.
  public static long size(Value value) {
    return switch (value) {
      case Value.Scalar _, Value.Text _ -> 1;
      case Value.InstantVector vector -> vector.series().size();
      case Value.RangeMatrix matrix -> (long) matrix.series().size() * matrix.grid().count();
      case Value.SampleMatrix matrix ->
          matrix.series().stream().mapToLong(series -> series.samples().size()).sum();
    };
  }

  /// Writes `"resultType":…,"result":…` into an open object, with at most {@code limit} series
  /// unless it is zero.
  ///
  /// @return whether series were left out
  public static boolean write(JsonWriter json, Value value, int limit, Between between)
      throws IOException {
    json.name("resultType").string(type(value)).name("result");
    return switch (value) {
      case Value.Scalar scalar -> {
        json.point(scalar.timeMillis(), scalar.value());
        yield false;
      }
      case Value.Text text -> {
        json.beginArray().time(text.timeMillis()).string(text.value()).endArray();
        yield false;
      }
      case Value.InstantVector vector -> {
        json.beginArray();
        for (Column column : limited(vector.series(), limit)) {
          instant(json, column, vector.timeMillis());
          between.series(json);
        }
        json.endArray();
        yield limit > 0 && vector.series().size() > limit;
      }
      case Value.RangeMatrix matrix -> {
        Grid grid = matrix.grid();
        JsonWriter.Times times =
            new JsonWriter.Times(grid.startMillis(), grid.stepMillis(), grid.count());
        json.beginArray();
        for (Column column : limited(matrix.series(), limit)) {
          range(json, column, grid, times);
          between.series(json);
        }
        json.endArray();
        yield limit > 0 && matrix.series().size() > limit;
      }
      case Value.SampleMatrix matrix -> {
        json.beginArray();
        for (Value.Samples series : limited(matrix.series(), limit)) {
          samples(json, series);
          between.series(json);
        }
        json.endArray();
        yield limit > 0 && matrix.series().size() > limit;
      }
    };
  }

  private static <T> List<T> limited(List<T> all, int limit) {
    return limit > 0 && all.size() > limit ? all.subList(0, limit) : all;
  }

  private static String type(Value value) {
    return switch (value) {
      case Value.Scalar _ -> "scalar";
      case Value.Text _ -> "string";
      case Value.InstantVector _ -> "vector";
      case Value.RangeMatrix _, Value.SampleMatrix _ -> "matrix";
    };
  }

  private static void instant(JsonWriter json, Column column, long time) {
    json.beginObject().name("metric").labels(column.labels());
    NativeHistogram histogram = column.histogram(0);
    if (histogram == null) {
      json.name("value").point(time, column.value(0));
    } else {
      json.name("histogram").beginArray().time(time);
      histogram(json, histogram);
      json.endArray();
    }
    json.endObject();
  }

  private static void range(JsonWriter json, Column column, Grid grid, JsonWriter.Times times) {
    json.beginObject().name("metric").labels(column.labels());
    double[] values = column.values();
    boolean any = false;
    for (int i = 0; i < values.length; i++) {
      if (!Column.isAbsent(values[i])) {
        if (!any) {
          json.name("values").beginArray();
          any = true;
        }
        json.point(times, i, values[i]);
      }
    }
    if (any) {
      json.endArray();
    }
    @Nullable NativeHistogram @Nullable [] histograms = column.histograms();
    if (histograms != null) {
      boolean first = true;
      for (int i = 0; i < values.length; i++) {
        NativeHistogram histogram = histograms[i];
        if (histogram != null) {
          if (first) {
            json.name("histograms").beginArray();
            first = false;
          }
          json.beginArray().time(grid.time(i));
          histogram(json, histogram);
          json.endArray();
        }
      }
      if (!first) {
        json.endArray();
      }
    }
    json.endObject();
  }

  private static void samples(JsonWriter json, Value.Samples series) {
    json.beginObject().name("metric").labels(series.labels());
    SampleColumns rows = series.samples();
    boolean floats = false;
    boolean histograms = false;
    for (int i = 0; i < rows.size(); i++) {
      boolean isFloat = rows.histogram(i) == null;
      floats |= isFloat;
      histograms |= !isFloat;
    }
    if (floats) {
      json.name("values").beginArray();
      for (int i = 0; i < rows.size(); i++) {
        if (rows.histogram(i) == null) {
          json.point(rows.timestamps()[i], rows.values()[i]);
        }
      }
      json.endArray();
    }
    if (histograms) {
      json.name("histograms").beginArray();
      for (int i = 0; i < rows.size(); i++) {
        NativeHistogram histogram = rows.histogram(i);
        if (histogram != null) {
          json.beginArray().time(rows.timestamps()[i]);
          histogram(json, histogram);
          json.endArray();
        }
      }
      json.endArray();
    }
    json.endObject();
  }

  /// Count, sum and the buckets that hold anything: which ends they include (0 the upper, 1 the
  /// lower, 3 both), their bounds, their count.
  private static void histogram(JsonWriter json, NativeHistogram histogram) {
    json.beginObject().name("count").sample(histogram.count());
    json.name("sum").sample(histogram.sum());
    HistogramBuckets buckets = HistogramBuckets.of(histogram);
    boolean any = false;
    for (int i = 0; i < buckets.size(); i++) {
      if (buckets.count(i) == 0) {
        continue;
      }
      if (!any) {
        json.name("buckets").beginArray();
        any = true;
      }
      int rule = buckets.isZero(i) ? 3 : buckets.isNegative(i) ? 1 : 0;
      json.beginArray().number(rule).sample(buckets.lower(i)).sample(buckets.upper(i));
      json.sample(buckets.count(i)).endArray();
    }
    if (any) {
      json.endArray();
    }
    json.endObject();
  }
}
