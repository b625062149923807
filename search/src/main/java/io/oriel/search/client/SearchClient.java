package io.oriel.search.client;

import io.oriel.model.error.OrielException;
import io.oriel.runtime.http.HttpClient;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Speaks to one cluster. Thread-safe; calls wait, so make them from virtual threads.
///
/// Construction connects to nothing. Every call throws {@link EngineException} when the engine
/// refuses, and {@link OrielException} of kind UNAVAILABLE or TIMEOUT when none of the URLs
/// answers.
public final class SearchClient implements AutoCloseable {
  private final EngineCalls calls;
  private final Documents documents;
  private final Indices indices;
  private final Templates templates;
  private final ClusterView cluster;
  private final Lifecycle lifecycle;
  private volatile @Nullable EngineInfo engine;

  private SearchClient(EngineCalls calls) {
    this.calls = calls;
    this.documents = new Documents(calls, this::engine);
    this.indices = new Indices(calls);
    this.templates = new Templates(calls);
    this.cluster = new ClusterView(calls);
    this.lifecycle = new Lifecycle(calls, this::engine);
  }

  /// A client.
  ///
  /// @param userAgent the `User-Agent` header
  /// @throws OrielException of kind INVALID when its certificates cannot be used
  /// @throws IOException when one of its files cannot be read
  public static SearchClient create(SearchClientConfig config, String userAgent)
      throws IOException {
    return new SearchClient(new EngineCalls(config, HttpClient.create(config.http(), userAgent)));
  }

  /// Which engine it is; asked once.
  public EngineInfo engine() throws InterruptedException {
    EngineInfo known = engine;
    if (known == null) {
      known = EngineInfo.of(calls.get("/"));
      engine = known;
    }
    return known;
  }

  /// Writing and finding documents.
  public Documents documents() {
    return documents;
  }

  /// Indices, aliases and data streams.
  public Indices indices() {
    return indices;
  }

  /// Index and component templates.
  public Templates templates() {
    return templates;
  }

  /// What the cluster says of itself.
  public ClusterView cluster() {
    return cluster;
  }

  /// Policies and where indices stand.
  public Lifecycle lifecycle() {
    return lifecycle;
  }

  @Override
  public void close() {
    calls.close();
  }
}
