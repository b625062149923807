package io.oriel.federation.api;

import io.oriel.federation.query.Endpoint;
import io.oriel.federation.query.PushDown;
import io.oriel.federation.query.ServiceFanOut;
import io.oriel.promql.QueryEngine;
import io.oriel.runtime.http.Routes;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;

/// The HTTP API of a query over many stores. Thread-safe.
public final class FederatedApi {
  private final QueryEndpoints queries;
  private final SeriesEndpoints series;
  private final StoresEndpoint stores;
  private final GatheredEndpoints gathered;

  /// @param endpoints as they are now, asked for with every request
  public FederatedApi(
      QueryEngine engine,
      Supplier<List<Endpoint>> endpoints,
      ApiSettings settings,
      InstantSource clock) {
    Supplier<List<Endpoint>> selected = () -> settings.selector().select(endpoints.get());
    Sources sources = new Sources(selected, settings);
    PushDown pushDown = new PushDown(selected, settings.timeout());
    this.queries = new QueryEndpoints(engine, sources, pushDown, clock);
    this.series = new SeriesEndpoints(sources);
    this.stores = new StoresEndpoint(endpoints);
    this.gathered =
        new GatheredEndpoints(new ServiceFanOut(endpoints, settings.timeout()), settings);
  }

  /// Adds the endpoints.
  public void addTo(Routes routes) {
    queries.addTo(routes);
    series.addTo(routes);
    stores.addTo(routes);
    gathered.addTo(routes);
  }
}
