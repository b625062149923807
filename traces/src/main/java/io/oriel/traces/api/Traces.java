package io.oriel.traces.api;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.trace.Span;
import io.oriel.model.trace.TraceId;
import io.oriel.search.client.BulkBody;
import io.oriel.search.client.Documents;
import io.oriel.search.client.SearchClient;
import io.oriel.traces.assemble.Adjusters;
import io.oriel.traces.assemble.Trace;
import io.oriel.traces.dependency.DependencyStore;
import io.oriel.traces.index.SpanEncoder;
import io.oriel.traces.index.TagFields;
import io.oriel.traces.query.FoundTrace;
import io.oriel.traces.query.SpanSources;
import io.oriel.traces.query.TimeWindow;
import io.oriel.traces.query.TraceStore;
import io.oriel.traces.spanmetrics.ServicePerformance;
import io.oriel.wire.elastic.BulkAction;
import io.oriel.wire.elastic.BulkOp;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Everything the APIs ask. Thread-safe.
public final class Traces {
  private static final int MAX_BULK_BYTES = 8 << 20;

  private final SearchClient client;
  private final SpanSources sources;
  private final Limits limits;
  private final TagFields fields;
  private final InstantSource clock;
  private final TraceStore store;
  private final DependencyStore dependencies;
  private final ServicePerformance performance;

  /// How much an answer may take.
  ///
  /// @param adjusters for traces that people read
  /// @param maxSpans of one trace that is read whole; larger ones can be had raw
  public record Limits(Adjusters adjusters, int maxSpans) {}

  /// @param client stays its maker's to close
  /// @param fields how tags are written as fields, in archives too
  public Traces(
      SearchClient client,
      SpanSources sources,
      TagFields fields,
      Limits limits,
      InstantSource clock) {
    this.client = client;
    this.sources = sources;
    this.fields = fields;
    this.limits = limits;
    this.clock = clock;
    this.store = new TraceStore(client, sources, fields, clock);
    this.dependencies =
        new DependencyStore(client, sources.targets(SpanSources.Store.DEPENDENCIES));
    this.performance =
        new ServicePerformance(client, sources.targets(SpanSources.Store.SPANS), fields);
  }

  /// As people read it, or as it was stored.
  enum Form {
    ADJUSTED,
    RAW
  }

  InstantSource clock() {
    return clock;
  }

  TraceStore store() {
    return store;
  }

  DependencyStore dependencies() {
    return dependencies;
  }

  ServicePerformance performance() {
    return performance;
  }

  /// Reads traces one by one.
  void read(List<FoundTrace> wanted, Form form, TraceStore.Each<Trace> each)
      throws IOException, InterruptedException {
    store.read(wanted, limits.maxSpans(), trace -> each.take(formed(trace, form)));
  }

  private Trace formed(Trace trace, Form form) {
    return form == Form.RAW ? trace : limits.adjusters().adjust(trace);
  }

  /// One trace, from the archive when it is nowhere else; empty when it is not there either.
  Optional<Trace> one(TraceId id, TimeWindow window, Form form)
      throws IOException, InterruptedException {
    List<Trace> found = new ArrayList<>();
    read(List.of(new FoundTrace(id, window)), form, found::add);
    if (!found.isEmpty()) {
      return Optional.of(found.getFirst());
    }
    List<Span> archived = new ArrayList<>();
    store.streamArchived(
        id,
        page -> {
          archived.addAll(page);
          if (archived.size() > limits.maxSpans()) {
            throw new OrielException(
                Kind.LIMITED,
                "archived trace " + id + ": more than " + limits.maxSpans() + " spans");
          }
        });
    return archived.isEmpty()
        ? Optional.empty()
        : Optional.of(formed(new Trace(id, archived), form));
  }

  /// One trace as it was stored, page by page; how many spans it has, 0 when it is not there.
  long stream(TraceId id, TimeWindow window, TraceStore.Each<List<Span>> each)
      throws IOException, InterruptedException {
    long seen = store.stream(new FoundTrace(id, window), each);
    return seen > 0 ? seen : store.streamArchived(id, each);
  }

  /// Copies a trace to where nothing is deleted; one that is only there already stays as it is.
  ///
  /// @throws OrielException of kind NOT_FOUND when there is none
  void archive(TraceId id, TimeWindow window) throws IOException, InterruptedException {
    SpanEncoder encoder = new SpanEncoder(fields);
    long copied =
        store.stream(
            new FoundTrace(id, window),
            page -> {
              BulkBody body = new BulkBody(Integer.MAX_VALUE);
              for (Span span : page) {
                byte[] document = encoder.encode(span);
                body.add(
                    BulkAction.of(BulkOp.INDEX, sources.archive(), SpanEncoder.id(span, document)),
                    document);
                if (body.sizeBytes() > MAX_BULK_BYTES) {
                  send(body);
                  body = new BulkBody(Integer.MAX_VALUE);
                }
              }
              if (body.items() > 0) {
                send(body);
              }
            });
    if (copied == 0 && store.streamArchived(id, _ -> {}) == 0) {
      throw new OrielException(Kind.NOT_FOUND, "trace not found");
    }
  }

  private void send(BulkBody body) throws InterruptedException {
    if (client.documents().bulk(body, Documents.Refresh.WAIT).hasErrors()) {
      throw new OrielException(
          Kind.UNAVAILABLE, "the search engine refused a part of the archived trace; try again");
    }
  }
}
