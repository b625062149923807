package io.oriel.federation.api;

import io.oriel.federation.query.Endpoint;
import io.oriel.federation.query.FanOut;
import io.oriel.federation.query.FederatedQueryable;
import io.oriel.federation.query.QueryScope;
import io.oriel.model.matcher.Matcher;
import io.oriel.model.series.Queryable;
import io.oriel.runtime.http.HttpCall;
import java.util.List;
import java.util.function.Supplier;

/// What a request may see.
record Sources(Supplier<List<Endpoint>> endpoints, ApiSettings settings) {
  Queryable of(HttpCall call, QueryScope scope) {
    Queryable all = new FederatedQueryable(new FanOut(endpoints, scope), scope);
    return settings
        .tenancy()
        .<Queryable>map(
            tenancy -> {
              String named = call.header(tenancy.header());
              String tenant = named.isEmpty() ? tenancy.defaultTenant() : named;
              return new TenantQueryable(
                  all, Matcher.of(Matcher.Type.EQUAL, tenancy.label(), tenant));
            })
        .orElse(all);
  }
}
