package io.oriel.metrics.discovery;

import io.oriel.metrics.config.DiscoveryConfig;
import io.oriel.metrics.config.TargetGroup;
import io.oriel.model.error.OrielException;
import io.oriel.runtime.dns.DnsResolver;
import io.oriel.runtime.http.HttpClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The running discoveries of one job, and what they have found. Thread-safe.
///
/// Each discovery has a virtual thread of its own. {@link #groups} is a snapshot; the listener is
/// called after every change, on the discovery's thread, and must be quick.
public final class Discoveries implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Discoveries.class);

  /// What running a discovery needs.
  ///
  /// @param nanoTime elapsed time
  public record Environment(
      DiscoveryMetrics metrics, Pause pause, LongSupplier nanoTime, String userAgent) {}

  private final String job;
  private final String name;
  private final Environment environment;
  private final Runnable onChange;
  private final List<Thread> threads = new ArrayList<>();
  private final List<HttpClient> clients = new ArrayList<>();
  private final Map<String, TargetGroup> groups = new ConcurrentSkipListMap<>();
  private final Map<String, Integer> unsupported = new ConcurrentHashMap<>();

  private Discoveries(String job, String name, Environment environment, Runnable onChange) {
    this.job = job;
    this.name = name;
    this.environment = environment;
    this.onChange = onChange;
  }

  /// Starts every discovery of {@code configs}. The static ones have told their groups when this
  /// returns.
  ///
  /// @param job whose targets they are
  /// @param name what they are for, `scrape` or `notify`, as the metrics' label
  /// @throws IOException when a certificate cannot be read
  public static Discoveries start(
      String job,
      String name,
      List<DiscoveryConfig> configs,
      Environment environment,
      Runnable onChange)
      throws IOException {
    Discoveries started = new Discoveries(job, name, environment, onChange);
    try {
      for (int i = 0; i < configs.size(); i++) {
        started.start(configs.get(i), i);
      }
    } catch (IOException | OrielException e) {
      started.close();
      throw e;
    }
    environment.metrics().failedConfigs.labelValues(name).inc(started.unsupported.size());
    return started;
  }

  /// The groups found so far, by source.
  public List<TargetGroup> groups() {
    return List.copyOf(groups.values());
  }

  /// The kinds in the config that cannot be run.
  public List<String> unsupportedKinds() {
    return unsupported.keySet().stream().sorted().toList();
  }

  private void start(DiscoveryConfig config, int index) throws IOException {
    String prefix = config.kind() + "/" + index + "/";
    switch (config) {
      case DiscoveryConfig.Static found -> found.groups().forEach(group -> take(prefix, group));
      case DiscoveryConfig.FileBased file ->
          spawn(prefix, new FileDiscovery(file, environment.metrics()));
      case DiscoveryConfig.Http http -> {
        HttpClient client = client(http.client());
        spawn(prefix, refresh("http", new HttpDiscovery(http, client), http.refreshMillis()));
      }
      case DiscoveryConfig.Dns dns ->
          spawn(
              prefix,
              refresh(
                  "dns",
                  new DnsDiscovery(dns, DnsResolver.system(), environment.metrics()),
                  dns.refreshMillis()));
      case DiscoveryConfig.Kubernetes kubernetes ->
          spawn(
              prefix,
              new KubernetesDiscovery(kubernetes, environment.metrics(), environment.pause()));
      case DiscoveryConfig.Unsupported other -> reportUnsupported(other);
    }
  }

  private void reportUnsupported(DiscoveryConfig other) {
    unsupported.merge(other.kind(), 1, Integer::sum);
    LOG.atError()
        .addKeyValue("job", job)
        .addKeyValue("kind", other.kind())
        .log("service discovery kind is not implemented; the job gets no targets from it");
  }

  private HttpClient client(io.oriel.runtime.http.HttpClientConfig config) throws IOException {
    HttpClient client = HttpClient.create(config, environment.userAgent());
    clients.add(client);
    return client;
  }

  private Discovery refresh(String mechanism, RefreshLoop.Refresh refresh, long intervalMillis) {
    return new RefreshLoop(
        new RefreshLoop.Owner(mechanism, job),
        refresh,
        intervalMillis,
        environment.pause(),
        environment.nanoTime(),
        environment.metrics());
  }

  private void spawn(String prefix, Discovery discovery) {
    Thread thread =
        Thread.ofVirtual()
            .name("oriel/metrics/discovery/" + job + "/" + prefix)
            .unstarted(() -> guard(prefix, discovery));
    threads.add(thread);
    thread.start();
  }

  private void guard(String prefix, Discovery discovery) {
    try {
      discovery.run(group -> take(prefix, group));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (OrielException e) {
      LOG.atError()
          .addKeyValue("job", job)
          .addKeyValue("error", e.reason())
          .log("service discovery stopped; its last targets stay until the next reload");
    }
  }

  private void take(String prefix, TargetGroup group) {
    if (group.targets().isEmpty()) {
      groups.remove(prefix + group.source());
    } else {
      groups.put(prefix + group.source(), group);
    }
    int targets = groups.values().stream().mapToInt(found -> found.targets().size()).sum();
    environment.metrics().discoveredTargets.labelValues(name, job).set(targets);
    environment.metrics().updates.labelValues(name).inc();
    onChange.run();
  }

  /// Ends every discovery and waits for it.
  @Override
  public void close() {
    threads.forEach(Thread::interrupt);
    for (Thread thread : threads) {
      try {
        thread.join(java.time.Duration.ofSeconds(5));
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }
    clients.forEach(HttpClient::close);
    environment.metrics().failedConfigs.labelValues(name).dec(unsupported.size());
    environment.metrics().discoveredTargets.remove(name, job);
  }
}
