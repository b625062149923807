package io.oriel.federation.api;

import io.oriel.model.matcher.Matcher;
import io.oriel.model.series.Answer;
import io.oriel.model.series.Querier;
import io.oriel.model.series.Queryable;
import io.oriel.model.series.SelectHints;
import io.oriel.model.series.SeriesCursor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Shows one tenant's series only, whatever is asked for.
record TenantQueryable(Queryable all, Matcher tenant) implements Queryable {
  @Override
  public Querier querier(long minMillis, long maxMillis) throws IOException {
    Querier querier = all.querier(minMillis, maxMillis);
    return new Querier() {
      @Override
      public SeriesCursor select(SelectHints hints, List<Matcher> matchers) throws IOException {
        return querier.select(hints, confined(matchers));
      }

      @Override
      public Answer<List<String>> labelValues(String name, int limit, List<Matcher> matchers)
          throws IOException {
        return querier.labelValues(name, limit, confined(matchers));
      }

      @Override
      public Answer<List<String>> labelNames(int limit, List<Matcher> matchers) throws IOException {
        return querier.labelNames(limit, confined(matchers));
      }

      @Override
      public void close() {
        querier.close();
      }
    };
  }

  private List<Matcher> confined(List<Matcher> matchers) {
    List<Matcher> confined = new ArrayList<>(matchers);
    confined.add(tenant);
    return confined;
  }
}
