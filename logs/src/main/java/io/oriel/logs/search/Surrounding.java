package io.oriel.logs.search;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.search.client.Hit;
import io.oriel.search.client.SearchAnswer;
import io.oriel.search.client.SearchClient;
import io.oriel.search.query.Query;
import io.oriel.search.query.Scalar;
import io.oriel.search.query.SearchRequest;
import io.oriel.search.query.Sort;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// Looks for what surrounds a line: by time, then by position in its file.
final class Surrounding {
  /** Fields that say where a line comes from; the first that the line has counts. */
  private static final List<String> SOURCES =
      List.of("log.file.path", "kubernetes.pod.uid", "service.name");

  private final SearchClient client;
  private final LogAccess access;
  private final boolean sameSource;

  Surrounding(SearchClient client, LogAccess access, boolean sameSource) {
    this.client = client;
    this.access = access;
    this.sameSource = sameSource;
  }

  LogSurroundings find(LogSearch.LineAddress address, int before, int after)
      throws InterruptedException {
    Hit line = line(address, Sort.Order.ASC);
    Query source = source(line.source());
    // keys of absent fields depend on the order
    SearchAnswer older = side(source, Sort.Order.DESC, line(address, Sort.Order.DESC), before);
    SearchAnswer newer = side(source, Sort.Order.ASC, line, after);
    List<LogLine> lines =
        new ArrayList<>(older.hits().reversed().stream().map(LogSearch::line).toList());
    int position = lines.size();
    lines.add(LogSearch.line(line));
    newer.hits().forEach(hit -> lines.add(LogSearch.line(hit)));
    List<String> warnings = new ArrayList<>(older.warnings());
    warnings.addAll(newer.warnings());
    return new LogSurroundings(lines, position, warnings);
  }

  private Hit line(LogSearch.LineAddress address, Sort.Order order) throws InterruptedException {
    return client
        .documents()
        .search(
            SearchRequest.of(address.index())
                .withQuery(
                    Query.bool()
                        .withFilter(access.filter())
                        .withFilter(Query.ids(List.of(address.id()))))
                .withSorts(sorts(order))
                .withSize(1))
        .hits()
        .stream()
        .findFirst()
        .orElseThrow(
            () ->
                new OrielException(
                    Kind.NOT_FOUND, "there is no line " + address.id() + " in " + address.index()));
  }

  private SearchAnswer side(Query source, Sort.Order order, Hit line, int size)
      throws InterruptedException {
    return client
        .documents()
        .search(
            SearchRequest.of(access.indices())
                .withQuery(Query.bool().withFilter(access.filter()).withFilter(source))
                .withSorts(sorts(order))
                .after(line.sort())
                .withSize(size)
                .countingUpTo(0));
  }

  private static List<Sort> sorts(Sort.Order order) {
    return List.of(
        new Sort(LogSearch.TIME, order, "date", ""),
        new Sort(LogSearch.OFFSET, order, "long", ""),
        new Sort("_seq_no", order, "", ""));
  }

  private Query source(JsonNode document) {
    if (!sameSource) {
      return Query.all();
    }
    for (String field : SOURCES) {
      String value = value(document, field);
      if (!value.isEmpty()) {
        Query same = new Query.Term(field, Scalar.of(value), false);
        String host = value(document, "host.name");
        return host.isEmpty() || !field.equals("log.file.path")
            ? same
            : Query.allOf(List.of(same, Query.term("host.name", host)));
      }
    }
    return Query.all();
  }

  /// A field that may be written with dots or as objects.
  static String value(JsonNode document, String field) {
    JsonNode whole = document.path(field);
    if (!whole.isMissingNode()) {
      return whole.asString("");
    }
    int dot = field.indexOf('.');
    return dot < 0 ? "" : value(document.path(field.substring(0, dot)), field.substring(dot + 1));
  }
}
