package io.oriel.app.role.collect;

import io.oriel.app.process.SelfTracing;
import io.oriel.runtime.grpc.GrpcServerConfig;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.runtime.http.WebConfig;
import io.oriel.search.client.SearchClientConfig;
import io.oriel.search.template.ShardPlan;
import io.oriel.traces.batch.DeliveryOptions;
import io.oriel.traces.batch.SpanJournal;
import io.oriel.traces.batch.SpanQueue;
import io.oriel.traces.index.IndexNames;
import io.oriel.traces.index.Rotation;
import io.oriel.traces.index.TagFields;
import io.oriel.traces.receive.SpanIntake;
import io.oriel.traces.sample.AdaptiveOptions;
import io.oriel.traces.sample.FileStrategies;
import io.oriel.traces.sample.TailConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/// How a collector is run. Immutable; made by a {@link Builder}.
public final class CollectOptions {
  private static final int MAX_BODY = 32 << 20;
  private static final int MAX_CONNECTIONS = 4096;

  private final Builder from;

  /// What is told from all spans, before sampling.
  ///
  /// @param dependencySpans most spans remembered to see who calls whom; 0 for no dependencies
  /// @param dependencyInterval between their writes
  /// @param maxSeries most combinations of service, span name, kind and status that calls and
  ///   durations are counted for; 0 for none
  public record Derived(int dependencySpans, Duration dependencyInterval, int maxSeries) {
    /// Dependencies every minute, two thousand series of calls.
    public static Derived standard() {
      return new Derived(100_000, Duration.ofMinutes(1), 2_000);
    }
  }

  private CollectOptions(Builder from) {
    this.from = from.copy();
  }

  /// Collects options. Not thread-safe.
  public static final class Builder {
    private final SearchClientConfig engine;
    private final SpanIntake.Stamp stamp;
    private final Map<CollectPort, String> addresses = new EnumMap<>(CollectPort.class);
    private HttpServerConfig operations = HttpServerConfig.on("127.0.0.1:8888");
    private Optional<GrpcServerConfig.ServerTls> serverTls = Optional.empty();
    private WebConfig web = WebConfig.open();
    private SpanQueue.Bounds queue = SpanQueue.Bounds.standard();
    private Optional<Path> journal = Optional.empty();
    private DeliveryOptions delivery = DeliveryOptions.standard();
    private IndexNames indices = new IndexNames("", Rotation.PERIODIC);
    private TagFields tagFields = TagFields.none();
    private boolean createTemplates;
    private double headProbability;
    private Optional<Path> strategiesFile = Optional.empty();
    private Optional<AdaptiveOptions> adaptive = Optional.empty();
    private Optional<TailConfig> tail = Optional.empty();
    private double ratio = 1;
    private Derived derived = Derived.standard();
    private SelfTracing tracing = SelfTracing.off();
    private Optional<CollectPeering> peering = Optional.empty();

    private Builder(SearchClientConfig engine, SpanIntake.Stamp stamp) {
      this.engine = engine;
      this.stamp = stamp;
      this.headProbability = FileStrategies.standardProbability(stamp.environment());
    }

    private Builder copy() {
      Builder copy = new Builder(engine, stamp);
      copy.addresses.putAll(addresses);
      copy.operations = operations;
      copy.serverTls = serverTls;
      copy.web = web;
      copy.queue = queue;
      copy.journal = journal;
      copy.delivery = delivery;
      copy.indices = indices;
      copy.tagFields = tagFields;
      copy.createTemplates = createTemplates;
      copy.headProbability = headProbability;
      copy.strategiesFile = strategiesFile;
      copy.adaptive = adaptive;
      copy.tail = tail;
      copy.ratio = ratio;
      copy.derived = derived;
      copy.tracing = tracing;
      copy.peering = peering;
      return copy;
    }

    /// Opens {@code port} at `host:port`; empty for not at all.
    public Builder listen(CollectPort port, String address) {
      addresses.put(port, address);
      return this;
    }

    /// Opens all ports on {@code host}, on Jaeger's numbers.
    public Builder listenOn(String host) {
      for (CollectPort port : CollectPort.values()) {
        listen(port, host + ":" + port.number());
      }
      return this;
    }

    /// Opens all ports on {@code host}, on any free numbers.
    public Builder listenAnywhere(String host) {
      for (CollectPort port : CollectPort.values()) {
        listen(port, host + ":0");
      }
      return this;
    }

    /// Where metrics and health are.
    public Builder operations(HttpServerConfig newOperations) {
      operations = newOperations;
      return this;
    }

    /// TLS of the receivers.
    public Builder tls(Optional<GrpcServerConfig.ServerTls> grpc, WebConfig newWeb) {
      serverTls = grpc;
      web = newWeb;
      return this;
    }

    public Builder queue(SpanQueue.Bounds newQueue) {
      queue = newQueue;
      return this;
    }

    /// Keeps what is taken on disk, too, until the engine has it; the directory is this collector's
    /// alone.
    public Builder journal(Path directory) {
      journal = Optional.of(directory);
      return this;
    }

    public Builder delivery(DeliveryOptions newDelivery) {
      delivery = newDelivery;
      return this;
    }

    public Builder indices(IndexNames newIndices, TagFields newTagFields) {
      indices = newIndices;
      tagFields = newTagFields;
      return this;
    }

    /// Has templates written at the start: for an engine that is reached without a gateway.
    public Builder createTemplates() {
      createTemplates = true;
      return this;
    }

    /// What clients are told to sample where no file says another.
    public Builder headProbability(double probability) {
      headProbability = probability;
      return this;
    }

    public Builder strategiesFile(Path file) {
      strategiesFile = Optional.of(file);
      return this;
    }

    public Builder adaptive(AdaptiveOptions options) {
      adaptive = Optional.of(options);
      return this;
    }

    public Builder tail(TailConfig config) {
      tail = Optional.of(config);
      return this;
    }

    /// The share of traces that is kept here, above 0 and up to 1.
    public Builder ratio(double newRatio) {
      ratio = newRatio;
      return this;
    }

    /// What is told from the spans besides.
    public Builder derived(Derived newDerived) {
      derived = newDerived;
      return this;
    }

    /// Where spans of its own work go; it may be itself.
    public Builder tracing(SelfTracing newTracing) {
      tracing = newTracing;
      return this;
    }

    /// The other collectors of the cluster, if they share the work.
    public Builder peering(Optional<CollectPeering> newPeering) {
      peering = newPeering;
      return this;
    }

    public CollectOptions build() {
      return new CollectOptions(this);
    }
  }

  /// Options with upstream's defaults and no port open.
  ///
  /// @param engine the gateway, or an engine itself
  public static Builder to(SearchClientConfig engine, SpanIntake.Stamp stamp) {
    return new Builder(engine, stamp);
  }

  SearchClientConfig engine() {
    return from.engine;
  }

  SpanIntake.Stamp stamp() {
    return from.stamp;
  }

  String address(CollectPort port) {
    return from.addresses.getOrDefault(port, "");
  }

  HttpServerConfig operations() {
    return from.operations;
  }

  Optional<GrpcServerConfig.ServerTls> serverTls() {
    return from.serverTls;
  }

  HttpServerConfig http(String address) {
    return new HttpServerConfig(
        address, "", Duration.ofMinutes(5), MAX_CONNECTIONS, MAX_BODY, "", from.web);
  }

  SpanQueue.Bounds queue() {
    return from.queue;
  }

  Optional<Path> journal() {
    return from.journal;
  }

  SpanJournal.Bounds journalBounds() {
    return SpanJournal.Bounds.holding(
        from.queue.bytes() + from.tail.map(TailConfig::maxBytes).orElse(0L));
  }

  DeliveryOptions delivery() {
    return from.delivery;
  }

  IndexNames indices() {
    return from.indices;
  }

  TagFields tagFields() {
    return from.tagFields;
  }

  boolean createTemplates() {
    return from.createTemplates;
  }

  ShardPlan shards() {
    return ShardPlan.of(1L << 30, 1);
  }

  double headProbability() {
    return from.headProbability;
  }

  Optional<Path> strategiesFile() {
    return from.strategiesFile;
  }

  Optional<AdaptiveOptions> adaptive() {
    return from.adaptive;
  }

  Optional<TailConfig> tail() {
    return from.tail;
  }

  double ratio() {
    return from.ratio;
  }

  Derived derived() {
    return from.derived;
  }

  SelfTracing tracing() {
    return from.tracing;
  }

  Optional<CollectPeering> peering() {
    return from.peering;
  }

  int maxBodyBytes() {
    return MAX_BODY;
  }
}
