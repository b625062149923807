package io.oriel.metrics.api;

import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Quoted;
import io.oriel.model.matcher.Matcher;
import io.oriel.runtime.http.HttpCall;
import io.oriel.wire.promapi.ApiParams;
import java.util.ArrayList;
import java.util.List;

/// What a search asks for; mistakes are refused in upstream's words.
///
/// @param selectors series that names and values may come from, of any of them; empty for all
/// @param startMillis inclusive
/// @param endMillis inclusive
/// @param limit most results
/// @param batch most results in one line
record SearchRequest(
    List<List<Matcher>> selectors,
    SearchTerms terms,
    Order order,
    Scores scores,
    long startMillis,
    long endMillis,
    int limit,
    int batch) {
  private static final long HOUR_MILLIS = 3_600_000;
  private static final int DEFAULT_LIMIT = 100;
  private static final int MOST_TERMS = 32;

  /// How results are sorted.
  enum Order {
    ASCENDING,
    DESCENDING,
    /** Best first, equal ones ascending. */
    SCORE
  }

  /// Whether results tell how well they match.
  enum Scores {
    SHOWN,
    LEFT_OUT
  }

  SearchRequest {
    selectors = List.copyOf(selectors);
  }

  /// @param endpoint what messages call it
  /// @param mostLimit the greatest limit, zero for none
  static SearchRequest of(HttpCall call, String endpoint, long nowMillis, int mostLimit) {
    long start = ApiParams.time(call::param, "start", nowMillis - HOUR_MILLIS);
    long end = ApiParams.time(call::param, "end", nowMillis);
    if (end < start) {
      throw OrielException.invalid("end timestamp must not be before start timestamp");
    }
    List<List<Matcher>> selectors = new ArrayList<>();
    for (String text : call.params("match[]")) {
      selectors.add(SeriesApi.selector(text));
    }
    List<String> searches = call.params("search[]");
    if (searches.size() > MOST_TERMS) {
      throw OrielException.invalid(
          "too many search[] terms: got " + searches.size() + ", maximum is " + MOST_TERMS);
    }
    int threshold = threshold(call);
    SearchTerms.Algorithm algorithm = SearchTerms.Algorithm.of(call.param("fuzz_alg"));
    boolean caseSensitive = bool(call, "case_sensitive", true);
    boolean scored = bool(call, "include_score", false);
    Order order = order(call, searches);
    int limit = limit(call, mostLimit);
    int batch = positive(call, "batch_size", DEFAULT_LIMIT);
    String sortBy = call.param("sort_by");
    if (!sortBy.isEmpty() && !sortBy.equals("alpha") && !sortBy.equals("score")) {
      throw OrielException.invalid(
          "invalid sort_by "
              + Quoted.of(sortBy)
              + " for "
              + endpoint
              + ": must be \"alpha\" or \"score\"");
    }
    return new SearchRequest(
        selectors,
        SearchTerms.of(
            searches,
            algorithm,
            threshold / 100.0,
            caseSensitive ? SearchTerms.Letters.AS_GIVEN : SearchTerms.Letters.LOWER_CASE),
        order,
        scored ? Scores.SHOWN : Scores.LEFT_OUT,
        start,
        end,
        limit,
        batch);
  }

  private static int threshold(HttpCall call) {
    String text = call.param("fuzz_threshold");
    int threshold = text.isEmpty() ? 0 : integer(text);
    if (threshold < 0 || threshold > 100) {
      throw OrielException.invalid("invalid fuzz_threshold " + Quoted.of(text) + ": must be 0-100");
    }
    return threshold;
  }

  private static Order order(HttpCall call, List<String> searches) {
    String by = call.param("sort_by");
    String direction = call.param("sort_dir");
    if (!direction.isEmpty() && by.isEmpty()) {
      throw OrielException.invalid("sort_dir is only valid when sort_by is set");
    }
    if (!direction.isEmpty() && by.equals("score")) {
      throw OrielException.invalid("sort_dir is not supported for sort_by=score");
    }
    if (!direction.isEmpty() && !direction.equals("asc") && !direction.equals("dsc")) {
      throw OrielException.invalid(
          "invalid sort_dir " + Quoted.of(direction) + ": must be \"asc\" or \"dsc\"");
    }
    if (by.equals("score") && searches.isEmpty()) {
      throw OrielException.invalid("sort_by=score requires search[] to be set");
    }
    return by.equals("score")
        ? Order.SCORE
        : direction.equals("dsc") ? Order.DESCENDING : Order.ASCENDING;
  }

  private static int limit(HttpCall call, int most) {
    int fallback = most > 0 ? Math.min(DEFAULT_LIMIT, most) : DEFAULT_LIMIT;
    int limit = positive(call, "limit", fallback);
    if (most > 0 && limit > most) {
      throw OrielException.invalid(
          "limit "
              + limit
              + " exceeds the configured maximum ("
              + most
              + ", see --web.search.max-limit)");
    }
    return limit;
  }

  private static int positive(HttpCall call, String name, int fallback) {
    String text = call.param(name);
    int value = text.isEmpty() ? fallback : integer(text);
    if (value <= 0) {
      throw OrielException.invalid(
          "invalid " + name + " " + Quoted.of(text) + ": must be a positive integer");
    }
    return value;
  }

  /// The number, or −1 when it is none.
  private static int integer(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException _) {
      return -1;
    }
  }

  /// A truth value as Go spells them.
  static boolean bool(HttpCall call, String name, boolean fallback) {
    String text = call.param(name);
    return switch (text) {
      case "" -> fallback;
      case "1", "t", "T", "TRUE", "true", "True" -> true;
      case "0", "f", "F", "FALSE", "false", "False" -> false;
      default ->
          throw OrielException.invalid(
              "invalid " + name + " " + Quoted.of(text) + ": must be boolean");
    };
  }
}
