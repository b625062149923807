package io.oriel.federation.store;

import io.oriel.model.labels.Labels;
import io.oriel.model.matcher.Matcher;
import io.oriel.model.series.EncodedChunk;
import io.oriel.model.series.Querier;
import io.oriel.model.series.Queryable;
import io.oriel.model.series.SampleColumns;
import io.oriel.model.series.SelectHints;
import io.oriel.model.series.Series;
import io.oriel.model.series.SeriesCursor;
import io.oriel.model.series.Warning;
import io.oriel.tsdb.chunk.SampleEncoder;
import io.oriel.wire.storeapi.AggrChunk;
import io.oriel.wire.storeapi.InfoResponse;
import io.oriel.wire.storeapi.LabelsRequest;
import io.oriel.wire.storeapi.LabelsResponse;
import io.oriel.wire.storeapi.QueryHints;
import io.oriel.wire.storeapi.SeriesRequest;
import io.oriel.wire.storeapi.StoreChunk;
import io.oriel.wire.storeapi.StoreSeries;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What is stored in this process: what the `metrics` role serves. Chunks are passed on as they are
/// stored, without being decoded, unless StoreAPI has no number for their encoding.
public final class LocalStore implements Store {
  /// What the store says of itself.
  ///
  /// @param component `sidecar`, `rule` …: what Thanos takes it for
  /// @param externalLabels on all its series; may change with the config
  /// @param minMillis time of the oldest sample
  /// @param services what is served beside series
  public record Description(
      String component,
      Supplier<Labels> externalLabels,
      LongSupplier minMillis,
      EnumSet<InfoResponse.Service> services) {}

  private final Queryable source;
  private final Description description;

  public LocalStore(Queryable source, Description description) {
    this.source = source;
    this.description = description;
  }

  @Override
  public InfoResponse info() {
    Labels external = description.externalLabels().get();
    long min = description.minMillis().getAsLong();
    return new InfoResponse(
        List.of(external),
        description.component(),
        Optional.of(
            new InfoResponse.StoreInfo(
                min,
                Long.MAX_VALUE,
                true,
                true,
                List.of(new InfoResponse.TsdbInfo(external, min, Long.MAX_VALUE)))),
        description.services());
  }

  private ExternalLabels external() {
    return new ExternalLabels(description.externalLabels().get());
  }

  @Override
  public StoreCursor series(SeriesRequest request) throws IOException {
    ExternalLabels external = external();
    Optional<List<Matcher>> inner = external.innerSome(request.matchers());
    if (inner.isEmpty()) {
      return StoreCursor.of(List.of(), List.of());
    }
    Querier querier = source.querier(request.minMillis(), request.maxMillis());
    try {
      return new Cursor(querier, request, shown(querier, external, request, inner.get()));
    } catch (IOException | RuntimeException e) {
      querier.close();
      throw e;
    }
  }

  /// A series with the labels it is shown with.
  private record Shown(Labels labels, Series series) {}

  private record Found(List<Shown> series, List<String> warnings) {}

  private static Found shown(
      Querier querier, ExternalLabels external, SeriesRequest request, List<Matcher> matchers)
      throws IOException {
    List<Shown> found = new ArrayList<>();
    List<String> warnings;
    try (SeriesCursor cursor = querier.select(hints(request), matchers)) {
      for (Series series = cursor.next(); series != null; series = cursor.next()) {
        Labels labels = external.on(series.labels(), request.withoutReplicaLabels());
        if (request.shard().takes(labels)) {
          found.add(new Shown(labels, series));
        }
      }
      warnings = cursor.warnings().stream().map(Warning::text).toList();
    }
    found.sort(Comparator.comparing(Shown::labels));
    return new Found(found, warnings);
  }

  private static SelectHints hints(SeriesRequest request) {
    QueryHints query = request.queryHints();
    return new SelectHints(
        request.minMillis(),
        request.maxMillis(),
        query.stepMillis(),
        query.rangeMillis(),
        request.skipChunks() ? "series" : query.function(),
        query.grouping(),
        query.by(),
        0,
        true);
  }

  @Override
  public LabelsResponse labels(LabelsRequest request) throws IOException {
    ExternalLabels external = external();
    Optional<List<Matcher>> inner = external.inner(request.matchers());
    if (inner.isEmpty()) {
      return external.shown(request, List.of(), false);
    }
    try (Querier querier = source.querier(request.startMillis(), request.endMillis())) {
      if (request.label().isEmpty()) {
        List<String> names = querier.labelNames(0, inner.get()).value();
        return external.shown(request, names, !names.isEmpty() || inner.get().isEmpty());
      }
      if (external.labels().has(request.label())) {
        boolean any =
            inner.get().isEmpty() || !querier.labelNames(0, inner.get()).value().isEmpty();
        return external.shown(request, List.of(), any);
      }
      return external.shown(
          request, querier.labelValues(request.label(), 0, inner.get()).value(), true);
    }
  }

  private static final class Cursor implements StoreCursor {
    private final Querier querier;
    private final SeriesRequest request;
    private final Found found;
    private int at;

    Cursor(Querier querier, SeriesRequest request, Found found) {
      this.querier = querier;
      this.request = request;
      this.found = found;
    }

    @Override
    public @Nullable StoreSeries next() throws IOException {
      boolean full = request.limit() > 0 && at >= request.limit();
      if (at == found.series().size() || full) {
        return null;
      }
      Shown shown = found.series().get(at++);
      return new StoreSeries(
          shown.labels(), request.skipChunks() ? List.of() : chunks(shown.series()));
    }

    private List<AggrChunk> chunks(Series series) throws IOException {
      List<EncodedChunk> stored = series.chunks();
      if (!stored.stream().allMatch(chunk -> ChunkNumbers.has(chunk.encoding()))) {
        SampleColumns rows = new SampleColumns();
        series.read(rows);
        stored = SampleEncoder.encode(rows);
      }
      List<AggrChunk> chunks = new ArrayList<>(stored.size());
      for (EncodedChunk chunk : stored) {
        chunks.add(
            AggrChunk.raw(
                chunk.minMillis(),
                chunk.maxMillis(),
                new StoreChunk(chunk.encoding(), chunk.data())));
      }
      return chunks;
    }

    @Override
    public List<String> warnings() {
      return found.warnings();
    }

    @Override
    public void close() {
      querier.close();
    }
  }
}
