package io.oriel.traces.query;

import io.oriel.model.error.Kind;
import io.oriel.model.error.LimitExceeded;
import io.oriel.model.error.OrielException;
import io.oriel.model.trace.Span;
import io.oriel.model.trace.SpanKind;
import io.oriel.model.trace.TraceId;
import io.oriel.search.client.Aggregate;
import io.oriel.search.client.Documents;
import io.oriel.search.client.Hit;
import io.oriel.search.client.SearchAnswer;
import io.oriel.search.client.SearchClient;
import io.oriel.search.query.Aggregation;
import io.oriel.search.query.Query;
import io.oriel.search.query.SearchRequest;
import io.oriel.search.query.Sort;
import io.oriel.traces.assemble.SummaryCollector;
import io.oriel.traces.assemble.Trace;
import io.oriel.traces.assemble.TraceSummary;
import io.oriel.traces.index.SpanDecoder;
import io.oriel.traces.index.TagFields;
import io.oriel.traces.query.SpanSources.Store;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Reads services, operations and traces. Thread-safe; calls wait for the engine.
public final class TraceStore {
  private static final int MAX_NAMES = 10_000;
  private static final int MAX_OPERATIONS_OF_KIND = 1_000;
  private static final int PAGE = 1_000;

  /** How many traces are asked for at once, and how many spans of each come along. */
  private static final int TOGETHER = 10;

  private static final int FIRST = 500;
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /** Kinds of operations are those of this long. */
  private static final long KINDS_MILLIS = Duration.ofHours(24).toMillis();

  private static final List<Sort> IN_TIME =
      List.of(
          Sort.asc(SpanQueries.START).withUnmappedType("long"),
          Sort.asc(SpanQueries.SPAN_ID).withUnmappedType("keyword"));
  private static final List<String> SUMMARY_FIELDS =
      List.of(
          "traceID",
          "spanID",
          "parentSpanID",
          "references",
          "operationName",
          "startTime",
          "duration",
          "process.serviceName",
          "tags",
          "tag");

  private final SearchClient client;
  private final SpanSources sources;
  private final SpanDecoder decoder;
  private final SpanQueries queries;
  private final InstantSource clock;

  /// @param client stays its maker's to close
  /// @param fields how dots are written in names of fields
  /// @param clock says which operations are recent
  public TraceStore(
      SearchClient client, SpanSources sources, TagFields fields, InstantSource clock) {
    this.client = client;
    this.sources = sources;
    this.decoder = new SpanDecoder(fields);
    this.queries = new SpanQueries(fields);
    this.clock = clock;
  }

  /// Takes what is read, one after another.
  @FunctionalInterface
  public interface Each<T> {
    void take(T one) throws IOException, InterruptedException;
  }

  /// The names of all services, sorted.
  public List<String> services() throws InterruptedException {
    SearchAnswer answer =
        ask(
            SearchRequest.of(sources.targets(Store.SERVICES))
                .withSize(0)
                .withAggregation("services", Aggregation.terms("serviceName", MAX_NAMES)));
    Set<String> names = new TreeSet<>();
    buckets(answer, "services").forEach(bucket -> names.add(bucket.key()));
    return List.copyOf(names);
  }

  /// What a service does, by name and kind. Names are all that are known; kinds those of the last
  /// day, since the index of services does not keep them.
  ///
  /// @param spanKind only those of this kind; empty for all
  public List<TracedOperation> operations(String service, String spanKind)
      throws InterruptedException {
    if (!spanKind.isEmpty()) {
      SpanKind kind = SpanKind.ofWord(spanKind);
      if (kind == SpanKind.UNSPECIFIED && !spanKind.equals(kind.word())) {
        throw OrielException.invalid(
            "span kind: got \""
                + spanKind
                + "\", want internal, server, client, producer or"
                + " consumer");
      }
    }
    Map<String, Set<String>> kinds = kinds(service);
    if (spanKind.isEmpty()) {
      SearchAnswer named =
          ask(
              SearchRequest.of(sources.targets(Store.SERVICES))
                  .withSize(0)
                  .withQuery(Query.term("serviceName", service))
                  .withAggregation("names", Aggregation.terms("operationName", MAX_NAMES)));
      buckets(named, "names").forEach(bucket -> kinds.putIfAbsent(bucket.key(), Set.of("")));
    }
    List<TracedOperation> operations = new ArrayList<>();
    kinds.forEach(
        (name, of) ->
            of.stream()
                .filter(kind -> spanKind.isEmpty() || kind.equals(spanKind))
                .forEach(kind -> operations.add(new TracedOperation(name, kind))));
    return operations;
  }

  private Map<String, Set<String>> kinds(String service) throws InterruptedException {
    long now = clock.millis();
    List<Query> recent = new ArrayList<>();
    recent.add(Query.term(SpanQueries.SERVICE, service));
    recent.addAll(
        SpanQueries.during(
            new TimeWindow((now - KINDS_MILLIS) * 1000, (now + KINDS_MILLIS) * 1000)));
    SearchRequest request =
        SearchRequest.of(sources.targets(Store.SPANS)).withSize(0).withQuery(Query.allOf(recent));
    for (SpanKind kind : SpanKind.values()) {
      if (kind != SpanKind.UNSPECIFIED) {
        request =
            request.withAggregation(
                kind.word(),
                Aggregation.filter(queries.spanTag(SpanQueries.SPAN_KIND, List.of(kind.word())))
                    .with(
                        "names", Aggregation.terms(SpanQueries.OPERATION, MAX_OPERATIONS_OF_KIND)));
      }
    }
    SearchAnswer answer = ask(request);
    Map<String, Set<String>> kinds = new TreeMap<>();
    for (SpanKind kind : SpanKind.values()) {
      if (kind != SpanKind.UNSPECIFIED && answer.hasAggregate(kind.word())) {
        for (Aggregate.Bucket bucket : answer.aggregate(kind.word()).inside("names").buckets()) {
          kinds.computeIfAbsent(bucket.key(), _ -> new TreeSet<>()).add(kind.word());
        }
      }
    }
    return kinds;
  }

  /// The traces with a span that matches, newest first.
  public List<FoundTrace> find(TraceQuery wanted) throws InterruptedException {
    return new NewestTraces(sources.targets(Store.SPANS), this::ask)
        .find(queries.matching(wanted), wanted.started(), wanted.limit());
  }

  /// Reads traces, whole, in the order asked for; those that are not there are passed over. One
  /// trace is held at a time, and up to ten small ones.
  ///
  /// @param maxSpans of one trace
  /// @throws LimitExceeded when a trace has more
  public void read(List<FoundTrace> wanted, int maxSpans, Each<Trace> each)
      throws IOException, InterruptedException {
    for (int from = 0; from < wanted.size(); from += TOGETHER) {
      List<FoundTrace> some = wanted.subList(from, Math.min(wanted.size(), from + TOGETHER));
      List<SearchAnswer> answers = first(some, List.of());
      for (int i = 0; i < some.size(); i++) {
        TraceId id = some.get(i).id();
        List<Span> spans = whole(some.get(i), answers.get(i), maxSpans);
        if (!spans.isEmpty()) {
          each.take(new Trace(id, spans));
        }
      }
    }
  }

  private List<SearchAnswer> first(List<FoundTrace> some, List<String> fields)
      throws InterruptedException {
    List<SearchRequest> requests = new ArrayList<>();
    for (FoundTrace trace : some) {
      SearchRequest request =
          SearchRequest.of(sources.targets(Store.SPANS))
              .withQuery(SpanQueries.ofTrace(trace.id(), trace.window()))
              .withSize(FIRST)
              .countingUpTo(FIRST + 1)
              .withSorts(IN_TIME)
              .withTimeout(TIMEOUT);
      requests.add(fields.isEmpty() ? request : request.withSource(fields));
    }
    List<SearchAnswer> answers = new ArrayList<>();
    for (Documents.Outcome outcome : client.documents().searchAll(requests)) {
      switch (outcome) {
        case Documents.Outcome.Found found -> answers.add(complete(found.answer()));
        case Documents.Outcome.Refused refused -> throw refused.why();
      }
    }
    return answers;
  }

  private List<Span> whole(FoundTrace trace, SearchAnswer first, int maxSpans)
      throws IOException, InterruptedException {
    List<Span> spans = new ArrayList<>();
    Sharing sharing = new Sharing();
    if (first.total() <= FIRST) {
      first.hits().forEach(hit -> spans.add(sharing.of(decoder.decode(hit.source()))));
      limit(trace.id(), spans.size(), maxSpans);
    } else {
      stream(
          trace,
          page -> {
            spans.addAll(page);
            limit(trace.id(), spans.size(), maxSpans);
          });
    }
    return spans;
  }

  private static void limit(TraceId id, int spans, int maxSpans) {
    if (spans > maxSpans) {
      throw new LimitExceeded("spans of trace " + id + ", which may be read raw", maxSpans, spans);
    }
  }

  /// Reads one trace page by page, in the order of time; however large it is, one page is held.
  ///
  /// @return how many spans it has
  public long stream(FoundTrace trace, Each<List<Span>> each)
      throws IOException, InterruptedException {
    return pages(sources.targets(Store.SPANS), trace, List.of(), each);
  }

  /// Whether any span of the trace is there, in the archive or elsewhere.
  public boolean has(FoundTrace trace) throws InterruptedException {
    SearchRequest one =
        SearchRequest.of(sources.targets(Store.SPANS)).withSize(1).withSource(List.of());
    if (!ask(one.withQuery(SpanQueries.ofTrace(trace.id(), trace.window()))).hits().isEmpty()) {
      return true;
    }
    return client
            .documents()
            .count(sources.archives(), SpanQueries.ofTrace(trace.id(), TimeWindow.ALWAYS))
        > 0;
  }

  /// As {@link #stream}, of an archived trace.
  public long streamArchived(TraceId id, Each<List<Span>> each)
      throws IOException, InterruptedException {
    return pages(sources.archives(), new FoundTrace(id, TimeWindow.ALWAYS), List.of(), each);
  }

  private long pages(
      List<String> targets, FoundTrace trace, List<String> fields, Each<List<Span>> each)
      throws IOException, InterruptedException {
    SearchRequest request =
        SearchRequest.of(targets)
            .withQuery(SpanQueries.ofTrace(trace.id(), trace.window()))
            .withSize(PAGE)
            .withSorts(IN_TIME);
    if (!fields.isEmpty()) {
      request = request.withSource(fields);
    }
    Pages pages = new Pages(each);
    SearchAnswer first = ask(request.countingUpTo(PAGE + 1));
    long seen = first.hits().size();
    try {
      if (first.total() <= PAGE) {
        first.hits().forEach(pages::take);
      } else {
        seen = client.documents().scan(request, pages::take);
      }
      pages.flush();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return seen;
  }

  /// Collects documents to pages. The engine's paging knows no checked exceptions, so they travel
  /// within unchecked ones.
  private final class Pages {
    private final Each<List<Span>> each;
    private final Sharing sharing = new Sharing();
    private List<Span> page = new ArrayList<>();

    Pages(Each<List<Span>> each) {
      this.each = each;
    }

    boolean take(Hit hit) {
      page.add(sharing.of(decoder.decode(hit.source())));
      if (page.size() < PAGE) {
        return true;
      }
      try {
        flush();
        return true;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new OrielException(Kind.CANCELLED, "reading a trace was interrupted", e);
      }
    }

    void flush() throws IOException, InterruptedException {
      if (!page.isEmpty()) {
        List<Span> full = page;
        page = new ArrayList<>();
        each.take(full);
      }
    }
  }

  /// What the traces found are about, in the order asked for; those that are not there are passed
  /// over. However large they are, a page of spans is held, and eight bytes of each span.
  public void summarize(List<FoundTrace> wanted, Each<TraceSummary> each)
      throws IOException, InterruptedException {
    for (int from = 0; from < wanted.size(); from += TOGETHER) {
      List<FoundTrace> some = wanted.subList(from, Math.min(wanted.size(), from + TOGETHER));
      List<SearchAnswer> answers = first(some, SUMMARY_FIELDS);
      for (int i = 0; i < some.size(); i++) {
        SummaryCollector summary = new SummaryCollector(some.get(i).id());
        if (answers.get(i).total() <= FIRST) {
          answers.get(i).hits().forEach(hit -> summary.add(decoder.decode(hit.source())));
        } else {
          pages(
              sources.targets(Store.SPANS),
              some.get(i),
              SUMMARY_FIELDS,
              page -> page.forEach(summary::add));
        }
        if (!summary.isEmpty()) {
          each.take(summary.summary());
        }
      }
    }
  }

  private SearchAnswer ask(SearchRequest request) throws InterruptedException {
    return complete(client.documents().search(request.withTimeout(TIMEOUT)));
  }

  /// Half of a trace looks like a whole one, so it is no answer.
  private static SearchAnswer complete(SearchAnswer answer) {
    if (answer.hasFailed()) {
      throw new OrielException(
          Kind.UNAVAILABLE,
          "the search engine answered in part: " + String.join("; ", answer.warnings()));
    }
    return answer;
  }

  private static List<Aggregate.Bucket> buckets(SearchAnswer answer, String name) {
    return answer.hasAggregate(name) ? answer.aggregate(name).buckets() : List.of();
  }
}
