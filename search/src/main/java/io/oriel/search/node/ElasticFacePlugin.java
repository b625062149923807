package io.oriel.search.node;

import io.oriel.model.error.OrielException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.opensearch.cluster.metadata.IndexNameExpressionResolver;
import org.opensearch.cluster.node.DiscoveryNodes;
import org.opensearch.cluster.service.ClusterService;
import org.opensearch.common.network.NetworkService;
import org.opensearch.common.settings.ClusterSettings;
import org.opensearch.common.settings.IndexScopedSettings;
import org.opensearch.common.settings.Setting;
import org.opensearch.common.settings.Settings;
import org.opensearch.common.settings.SettingsFilter;
import org.opensearch.common.util.BigArrays;
import org.opensearch.common.util.PageCacheRecycler;
import org.opensearch.core.common.io.stream.NamedWriteableRegistry;
import org.opensearch.core.indices.breaker.CircuitBreakerService;
import org.opensearch.core.xcontent.NamedXContentRegistry;
import org.opensearch.env.Environment;
import org.opensearch.env.NodeEnvironment;
import org.opensearch.http.HttpServerTransport;
import org.opensearch.index.mapper.Mapper;
import org.opensearch.plugins.ActionPlugin;
import org.opensearch.plugins.MapperPlugin;
import org.opensearch.repositories.RepositoriesService;
import org.opensearch.rest.RestController;
import org.opensearch.rest.RestHandler;
import org.opensearch.script.ScriptService;
import org.opensearch.telemetry.tracing.Tracer;
import org.opensearch.threadpool.ThreadPool;
import org.opensearch.transport.Netty4ModulePlugin;
import org.opensearch.transport.SharedGroupFactory;
import org.opensearch.transport.client.Client;
import org.opensearch.watcher.ResourceWatcherService;

/// Makes the node look like Elasticsearch to those who look for it. Public because the engine makes
/// it.
public final class ElasticFacePlugin extends Netty4ModulePlugin
    implements ActionPlugin, MapperPlugin {
  static final Setting<String> PRODUCT_VERSION =
      Setting.simpleString(
          "oriel.product_version", SearchNodeConfig.PRODUCT_VERSION, Setting.Property.NodeScope);

  /** There once the engine has made its components, before it asks for handlers. */
  private @Nullable RestPointInTime points;

  @Override
  public List<Setting<?>> getSettings() {
    List<Setting<?>> settings = new java.util.ArrayList<>(super.getSettings());
    settings.add(PRODUCT_VERSION);
    settings.addAll(ElasticIndexSettings.ALL);
    return settings;
  }

  @Override
  public Collection<Object> createComponents(
      Client client,
      ClusterService clusterService,
      ThreadPool threadPool,
      ResourceWatcherService resourceWatcherService,
      ScriptService scriptService,
      NamedXContentRegistry xContentRegistry,
      Environment environment,
      NodeEnvironment nodeEnvironment,
      NamedWriteableRegistry namedWriteableRegistry,
      IndexNameExpressionResolver indexNameExpressionResolver,
      Supplier<RepositoriesService> repositoriesServiceSupplier) {
    points =
        new RestPointInTime(clusterService, indexNameExpressionResolver, namedWriteableRegistry);
    return List.of();
  }

  @Override
  public Map<String, Supplier<HttpServerTransport>> getHttpTransports(
      Settings settings,
      ThreadPool threadPool,
      BigArrays bigArrays,
      PageCacheRecycler pageCacheRecycler,
      CircuitBreakerService circuitBreakerService,
      NamedXContentRegistry xContentRegistry,
      NetworkService networkService,
      HttpServerTransport.Dispatcher dispatcher,
      ClusterSettings clusterSettings,
      Tracer tracer) {
    return Map.of(
        NETTY_HTTP_TRANSPORT_NAME,
        () ->
            new ElasticTransport(
                settings,
                networkService,
                bigArrays,
                threadPool,
                xContentRegistry,
                new ProductDispatcher(dispatcher, threadPool.getThreadContext()),
                clusterSettings,
                new SharedGroupFactory(settings),
                tracer));
  }

  @Override
  public List<RestHandler> getRestHandlers(
      Settings settings,
      RestController controller,
      ClusterSettings clusterSettings,
      IndexScopedSettings indexScopedSettings,
      SettingsFilter settingsFilter,
      IndexNameExpressionResolver resolver,
      Supplier<DiscoveryNodes> nodesInCluster) {
    RestPointInTime made = points;
    if (made == null) {
      throw OrielException.bug("no components were made");
    }
    return List.of(
        new RestProduct(PRODUCT_VERSION.get(settings)), new RestLicense(), new RestXpack(), made);
  }

  @Override
  public Map<String, Mapper.TypeParser> getMappers() {
    return ElasticFieldTypes.parsers();
  }
}
