package io.oriel.federation.store;

import io.oriel.model.labels.Labels;
import io.oriel.model.matcher.Matcher;
import io.oriel.model.series.EncodedChunk;
import io.oriel.model.series.SampleColumns;
import io.oriel.model.series.SelectHints;
import io.oriel.tsdb.chunk.ChunkDecoder;
import io.oriel.tsdb.chunk.SampleEncoder;
import io.oriel.wire.remoteread.ChunkedResponse;
import io.oriel.wire.storeapi.AggrChunk;
import io.oriel.wire.storeapi.InfoResponse;
import io.oriel.wire.storeapi.LabelsRequest;
import io.oriel.wire.storeapi.LabelsResponse;
import io.oriel.wire.storeapi.SeriesRequest;
import io.oriel.wire.storeapi.StoreChunk;
import io.oriel.wire.storeapi.StoreSeries;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// A Prometheus beside us, read by streamed remote read: what the sidecar serves. Chunks are passed
/// on as Prometheus sent them. Beside it {@link PrometheusFacts} is served.
public final class RemoteReadStore implements Store {
  private final PrometheusClient prometheus;
  private final Supplier<Labels> externalLabels;
  private final LongSupplier minMillis;

  /// @param externalLabels those of the Prometheus, as its config says now
  /// @param minMillis from where on series are served
  public RemoteReadStore(
      PrometheusClient prometheus, Supplier<Labels> externalLabels, LongSupplier minMillis) {
    this.prometheus = prometheus;
    this.externalLabels = externalLabels;
    this.minMillis = minMillis;
  }

  @Override
  public InfoResponse info() {
    Labels external = externalLabels.get();
    long min = minMillis.getAsLong();
    return new InfoResponse(
        List.of(external),
        "sidecar",
        Optional.of(
            new InfoResponse.StoreInfo(
                min,
                Long.MAX_VALUE,
                true,
                true,
                List.of(new InfoResponse.TsdbInfo(external, min, Long.MAX_VALUE)))),
        FactsService.names());
  }

  @Override
  public StoreCursor series(SeriesRequest request) throws IOException {
    ExternalLabels external = new ExternalLabels(externalLabels.get());
    Optional<List<Matcher>> inner = external.innerSome(request.matchers());
    if (inner.isEmpty()) {
      return StoreCursor.of(List.of(), List.of());
    }
    long min = Math.max(request.minMillis(), minMillis.getAsLong());
    List<StoreSeries> series = new ArrayList<>();
    if (request.skipChunks()) {
      for (Labels labels : prometheus.series(min, request.maxMillis(), inner.get())) {
        add(series, external, request, labels, List.of());
      }
    } else {
      SelectHints hints = SelectHints.range(min, request.maxMillis());
      for (ChunkedResponse.Frame frame :
          prometheus.read(min, request.maxMillis(), inner.get(), hints)) {
        add(series, external, request, frame.labels(), chunks(frame.chunks()));
      }
    }
    series.sort(Comparator.comparing(StoreSeries::labels));
    return StoreCursor.of(limited(series, request.limit()), List.of());
  }

  private static void add(
      List<StoreSeries> into,
      ExternalLabels external,
      SeriesRequest request,
      Labels labels,
      List<AggrChunk> chunks) {
    Labels shown = external.on(labels, request.withoutReplicaLabels());
    if (request.shard().takes(shown)) {
      into.add(new StoreSeries(shown, chunks));
    }
  }

  /// The first {@code limit} series with all their parts.
  private static List<StoreSeries> limited(List<StoreSeries> series, long limit) {
    if (limit <= 0) {
      return series;
    }
    int n = 0;
    for (int i = 0; i < series.size(); i++) {
      if (i == 0 || !series.get(i - 1).labels().equals(series.get(i).labels())) {
        if (n++ == limit) {
          return series.subList(0, i);
        }
      }
    }
    return series;
  }

  private static List<AggrChunk> chunks(List<EncodedChunk> received) {
    List<AggrChunk> chunks = new ArrayList<>(received.size());
    for (EncodedChunk chunk : received) {
      for (EncodedChunk fit :
          ChunkNumbers.has(chunk.encoding()) ? List.of(chunk) : recoded(chunk)) {
        chunks.add(
            AggrChunk.raw(
                fit.minMillis(), fit.maxMillis(), new StoreChunk(fit.encoding(), fit.data())));
      }
    }
    return chunks;
  }

  private static List<EncodedChunk> recoded(EncodedChunk chunk) {
    SampleColumns rows = new SampleColumns();
    new ChunkDecoder()
        .decode(
            chunk.encoding(),
            MemorySegment.ofBuffer(chunk.data()),
            rows,
            Long.MIN_VALUE,
            Long.MAX_VALUE);
    return SampleEncoder.encode(rows);
  }

  @Override
  public LabelsResponse labels(LabelsRequest request) throws IOException {
    ExternalLabels external = new ExternalLabels(externalLabels.get());
    Optional<List<Matcher>> inner = external.inner(request.matchers());
    if (inner.isEmpty()) {
      return external.shown(request, List.of(), false);
    }
    boolean foreign = !request.label().isEmpty() && !external.labels().has(request.label());
    List<String> found =
        foreign
            ? prometheus.labelValues(
                request.label(), request.startMillis(), request.endMillis(), inner.get())
            : prometheus.labelNames(request.startMillis(), request.endMillis(), inner.get());
    return external.shown(request, found, foreign || !found.isEmpty() || inner.get().isEmpty());
  }
}
