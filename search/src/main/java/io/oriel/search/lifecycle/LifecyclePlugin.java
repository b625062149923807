package io.oriel.search.lifecycle;

import java.time.Clock;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.opensearch.action.ActionRequest;
import org.opensearch.cluster.NamedDiff;
import org.opensearch.cluster.metadata.IndexNameExpressionResolver;
import org.opensearch.cluster.metadata.Metadata;
import org.opensearch.cluster.node.DiscoveryNodes;
import org.opensearch.cluster.service.ClusterService;
import org.opensearch.common.settings.ClusterSettings;
import org.opensearch.common.settings.IndexScopedSettings;
import org.opensearch.common.settings.Setting;
import org.opensearch.common.settings.Settings;
import org.opensearch.common.settings.SettingsFilter;
import org.opensearch.core.ParseField;
import org.opensearch.core.action.ActionResponse;
import org.opensearch.core.common.io.stream.NamedWriteableRegistry;
import org.opensearch.core.xcontent.NamedXContentRegistry;
import org.opensearch.env.Environment;
import org.opensearch.env.NodeEnvironment;
import org.opensearch.plugins.ActionPlugin;
import org.opensearch.plugins.Plugin;
import org.opensearch.repositories.RepositoriesService;
import org.opensearch.rest.RestController;
import org.opensearch.rest.RestHandler;
import org.opensearch.script.ScriptService;
import org.opensearch.threadpool.ThreadPool;
import org.opensearch.transport.client.Client;
import org.opensearch.watcher.ResourceWatcherService;

/// Brings `_ilm` into the embedded node. Public because the engine makes it.
public final class LifecyclePlugin extends Plugin implements ActionPlugin {
  private volatile InstantSource clock = Clock.systemUTC();
  private volatile @Nullable LifecycleRunner runner;
  private volatile @Nullable ClusterService cluster;

  /// Has ages measured by {@code source}; to be called before the node starts.
  public void useClock(InstantSource source) {
    clock = source;
  }

  private long now() {
    return clock.millis();
  }

  @Override
  public List<Setting<?>> getSettings() {
    return LifecycleSettings.ALL;
  }

  @Override
  public List<NamedWriteableRegistry.Entry> getNamedWriteables() {
    return List.of(
        new NamedWriteableRegistry.Entry(
            Metadata.Custom.class, LifecycleMetadata.TYPE, LifecycleMetadata::new),
        new NamedWriteableRegistry.Entry(
            NamedDiff.class, LifecycleMetadata.TYPE, LifecycleMetadata::readDiff));
  }

  @Override
  public List<NamedXContentRegistry.Entry> getNamedXContent() {
    return List.of(
        new NamedXContentRegistry.Entry(
            Metadata.Custom.class,
            new ParseField(LifecycleMetadata.TYPE),
            LifecycleMetadata::parse));
  }

  @Override
  public List<ActionHandler<? extends ActionRequest, ? extends ActionResponse>> getActions() {
    return List.of(new ActionHandler<>(LifecycleCommand.TYPE, LifecycleCommandTransport.class));
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
    LongSupplier millis = this::now;
    LifecycleRunner made = new LifecycleRunner(client, clusterService, threadPool, millis);
    made.start(LifecycleSettings.POLL_INTERVAL.get(environment.settings()));
    runner = made;
    cluster = clusterService;
    return List.of(new LifecycleCommandTransport.Clock(millis));
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
    ClusterService service = cluster;
    if (service == null) {
      throw new IllegalStateException("components are made before handlers");
    }
    return List.of(
        new RestPolicies(service),
        new RestExplain(service, resolver, this::now),
        new RestLifecycle(service));
  }

  @Override
  public void close() {
    LifecycleRunner present = runner;
    if (present != null) {
      present.close();
    }
  }
}
