package io.oriel.app.role.collect;

import io.oriel.disk.DirectoryLock;
import io.oriel.disk.FileDisk;
import io.oriel.model.error.OrielException;
import io.oriel.runtime.grpc.GrpcMetrics;
import io.oriel.runtime.grpc.GrpcServer;
import io.oriel.runtime.grpc.GrpcServerConfig;
import io.oriel.runtime.grpc.GrpcService;
import io.oriel.runtime.grpc.Reflection;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.HttpServer;
import io.oriel.runtime.http.HttpServerMetrics;
import io.oriel.runtime.http.Routes;
import io.oriel.runtime.lifecycle.Closer;
import io.oriel.runtime.telemetry.Telemetry;
import io.oriel.search.client.SearchClient;
import io.oriel.search.template.Retention;
import io.oriel.traces.batch.Delivery;
import io.oriel.traces.batch.DeliveryMetrics;
import io.oriel.traces.batch.JournalSink;
import io.oriel.traces.batch.SpanJournal;
import io.oriel.traces.batch.SpanLedger;
import io.oriel.traces.batch.SpanQueue;
import io.oriel.traces.batch.SpanSink;
import io.oriel.traces.dependency.DependencyFeed;
import io.oriel.traces.dependency.DependencyTracker;
import io.oriel.traces.dependency.DependencyWriter;
import io.oriel.traces.index.KnownServices;
import io.oriel.traces.index.SpanIndices;
import io.oriel.traces.index.SpanItemMaker;
import io.oriel.traces.peer.PeerSink;
import io.oriel.traces.peer.Peers;
import io.oriel.traces.peer.SharedSampling;
import io.oriel.traces.receive.AgentReceiver;
import io.oriel.traces.receive.Bodies;
import io.oriel.traces.receive.JaegerReceiver;
import io.oriel.traces.receive.OtlpReceiver;
import io.oriel.traces.receive.Protocol;
import io.oriel.traces.receive.SpanIntake;
import io.oriel.traces.receive.SpanTap;
import io.oriel.traces.receive.ZipkinReceiver;
import io.oriel.traces.sample.AdaptiveSampling;
import io.oriel.traces.sample.ConsistentSampling;
import io.oriel.traces.sample.FileStrategies;
import io.oriel.traces.sample.SamplingEndpoints;
import io.oriel.traces.sample.StrategyProvider;
import io.oriel.traces.sample.TailSampler;
import io.oriel.traces.spanmetrics.SpanMetrics;
import io.oriel.wire.descriptor.TraceDescriptors;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A collector: takes spans in on Jaeger's ports and writes them to the engine, through the
/// gateway. Thread-safe.
///
/// Stopping: the receivers close, the tail sampler decides what it holds, the queue is drained into
/// the engine as long as its options say, then the rest is closed. What is undelivered then is on
/// disk for the next start, if there is a journal.
public final class CollectRole implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CollectRole.class);
  private static final long RELOAD_SECONDS = 10;
  private static final long CERTIFICATE_SECONDS = 1;
  private static final long PEER_SECONDS = 5;
  private static final Duration SERVICES_KNOWN = Duration.ofHours(12);

  private final Closer closer = new Closer();
  private final CountDownLatch closing = new CountDownLatch(1);

  /** The engine has its templates. */
  private final CountDownLatch prepared = new CountDownLatch(1);

  private final Telemetry telemetry;
  private final Telemetry spanMetrics = Telemetry.empty();
  private final SpanLedger ledger = new SpanLedger();
  private final SpanQueue queue;
  private final Optional<SpanJournal> journal;
  private final SearchClient engine;
  private final DeliveryMetrics delivery;
  private final Map<CollectPort, Integer> ports = new EnumMap<>(CollectPort.class);
  private final HttpServer operations;

  private CollectRole(CollectOptions options, List<SpanTap> taps, String version)
      throws IOException {
    telemetry = new Telemetry("oriel_collect_build_info", version);
    try {
      SpanItemMaker maker =
          new SpanItemMaker(
              options.indices(),
              options.tagFields(),
              new KnownServices(SERVICES_KNOWN),
              InstantSource.system());
      queue = new SpanQueue(options.queue(), maker, System::nanoTime);
      journal = journal(options);
      engine = closer.push(SearchClient.create(options.engine(), "oriel-collect/" + version));
      delivery = new DeliveryMetrics(telemetry.registry(), queue, ledger);
      closer.push(
          Delivery.start(
              queue,
              engine.documents(),
              maker,
              options.delivery(),
              new Delivery.Surroundings(
                  ledger,
                  delivery,
                  System::nanoTime,
                  random(),
                  options.tracing().start("oriel-collect", telemetry.registry(), closer),
                  prepared)));
      receive(options, taps);
      operations =
          closer.push(
              HttpServer.start(
                  options.operations(),
                  operationRoutes(),
                  new HttpServerMetrics("oriel_collect_operations", telemetry.registry())));
      if (options.createTemplates()) {
        background("oriel/collect/templates", () -> prepare(options));
      } else {
        prepared.countDown();
      }
    } catch (IOException | RuntimeException e) {
      closer.close();
      throw e;
    }
  }

  /// It closes after all that settle spans.
  private Optional<SpanJournal> journal(CollectOptions options) throws IOException {
    if (options.journal().isEmpty()) {
      return Optional.empty();
    }
    Path directory = options.journal().get();
    DirectoryLock _ = closer.push(DirectoryLock.acquire(directory));
    SpanJournal opened =
        closer.push(SpanJournal.open(new FileDisk(), directory, options.journalBounds()));
    opened.register(telemetry.registry());
    return Optional.of(opened);
  }

  private static SplittableRandom random() {
    return new SplittableRandom(ThreadLocalRandom.current().nextLong());
  }

  /// Starts the role; when this returns its ports are open. The engine need not be up yet.
  ///
  /// @param taps see every span that was taken, before sampling
  /// @throws OrielException when an address is taken or a file cannot be used
  public static CollectRole start(CollectOptions options, List<SpanTap> taps, String version)
      throws IOException {
    return new CollectRole(options, taps, version);
  }

  /// As the other `start`, without taps.
  public static CollectRole start(CollectOptions options, String version) throws IOException {
    return start(options, List.of(), version);
  }

  private void receive(CollectOptions options, List<SpanTap> taps) throws IOException {
    Optional<Peers> peers = options.peering().map(this::peers);
    Optional<AdaptiveSampling> adaptive = options.adaptive().map(AdaptiveSampling::new);
    Optional<SharedSampling> shared =
        adaptive.flatMap(
            own -> peers.map(others -> new SharedSampling(own, others, telemetry.registry())));
    StrategyProvider strategies = adaptive.isPresent() ? adaptive.get() : fileStrategies(options);
    List<SpanTap> all = new ArrayList<>(taps);
    derive(options, all);
    adaptive.ifPresent(
        own -> {
          all.add(own::see);
          Calculation step = shared.isPresent() ? shared.get()::step : own::calculate;
          Duration interval = options.adaptive().get().interval();
          background("oriel/collect/adaptive", () -> recalculate(step, interval));
        });
    Intakes intakes = intakes(options, peers, all);
    SpanIntake intake = intakes.all();
    Bodies bodies =
        new Bodies(options.maxBodyBytes(), 4 * Runtime.getRuntime().availableProcessors());
    OtlpReceiver otlp = new OtlpReceiver(intake, intakes.handedOn(), bodies);
    JaegerReceiver jaeger = new JaegerReceiver(intake, bodies);
    ZipkinReceiver zipkin = new ZipkinReceiver(intake, bodies);
    SamplingEndpoints sampling = new SamplingEndpoints(strategies);
    GrpcMetrics grpc = GrpcMetrics.ofServer(telemetry.registry());
    HttpServerMetrics http = new HttpServerMetrics("oriel_collect", telemetry.registry());
    Doors doors = new Doors(options, grpc, http);
    List<GrpcService> otlpServices = new ArrayList<>(List.of(otlp.service()));
    shared.ifPresent(others -> otlpServices.add(others.service()));
    doors.grpc(CollectPort.OTLP_GRPC, otlpServices);
    doors.http(CollectPort.OTLP_HTTP, otlp.routes(new Routes()));
    // agents ask for sampling where they send spans
    doors.grpc(CollectPort.JAEGER_GRPC, List.of(jaeger.service(), sampling.service()));
    doors.http(CollectPort.JAEGER_HTTP, jaeger.routes(new Routes()));
    doors.http(CollectPort.ZIPKIN, zipkin.routes(new Routes()));
    doors.http(CollectPort.SAMPLING_HTTP, sampling.routes(new Routes()));
    doors.grpc(CollectPort.SAMPLING_GRPC, List.of(sampling.service()));
    AgentReceiver.Counts counts = AgentReceiver.Counts.in(telemetry.registry());
    doors.udp(CollectPort.AGENT_COMPACT, Protocol.JAEGER_COMPACT, intake, counts);
    doors.udp(CollectPort.AGENT_BINARY, Protocol.JAEGER_BINARY, intake, counts);
    if (options.serverTls().isPresent()) {
      background("oriel/collect/certificates", doors::watchFiles);
    }
  }

  /// Where spans go in.
  ///
  /// @param handedOn those that a peer has given us, which stay here
  private record Intakes(SpanIntake all, SpanIntake handedOn) {}

  /// Without peers every span is ours; else taps see those that come to stay.
  private Intakes intakes(CollectOptions options, Optional<Peers> peers, List<SpanTap> taps) {
    SpanSink here = sink(options);
    if (peers.isEmpty()) {
      SpanIntake own = new SpanIntake(options.stamp(), here, taps, ledger, telemetry.registry());
      return new Intakes(own, own);
    }
    SpanSink tapped =
        batch -> {
          here.take(batch);
          taps.forEach(tap -> tap.see(batch.spans()));
        };
    SpanSink spread = new PeerSink(peers.get(), tapped, ledger, telemetry.registry());
    SpanIntake all =
        new SpanIntake(options.stamp(), spread, List.of(), ledger, telemetry.registry());
    return new Intakes(all, all.into(tapped));
  }

  private void derive(CollectOptions options, List<SpanTap> taps) {
    CollectOptions.Derived derived = options.derived();
    if (derived.dependencySpans() > 0) {
      DependencyTracker tracker = new DependencyTracker(derived.dependencySpans());
      taps.add(
          closer.push(
              DependencyFeed.start(
                  tracker,
                  new DependencyWriter(
                      tracker, engine.documents(), options.indices(), InstantSource.system()),
                  derived.dependencyInterval(),
                  prepared,
                  telemetry.registry())));
    }
    if (derived.maxSeries() > 0) {
      SpanMetrics metrics = new SpanMetrics(derived.maxSeries(), InstantSource.system());
      spanMetrics.registry().register(metrics);
      taps.add(spans -> spans.forEach(metrics::add));
    }
  }

  /// Opens ports; those that are not configured stay shut.
  private final class Doors {
    private final CollectOptions options;
    private final GrpcMetrics grpcMetrics;
    private final HttpServerMetrics httpMetrics;
    private final List<HttpServer> servers = new ArrayList<>();

    Doors(CollectOptions options, GrpcMetrics grpcMetrics, HttpServerMetrics httpMetrics) {
      this.options = options;
      this.grpcMetrics = grpcMetrics;
      this.httpMetrics = httpMetrics;
    }

    void grpc(CollectPort port, List<GrpcService> services) throws IOException {
      String address = options.address(port);
      if (!address.isEmpty()) {
        GrpcServerConfig config =
            new GrpcServerConfig(
                address, options.serverTls(), options.maxBodyBytes(), Duration.ofHours(1));
        GrpcServer server =
            closer.push(
                GrpcServer.start(
                    config,
                    Reflection.with(services, TraceDescriptors.files()),
                    InstantSource.system(),
                    grpcMetrics));
        ports.put(port, server.port());
      }
    }

    void http(CollectPort port, Routes routes) throws IOException {
      String address = options.address(port);
      if (!address.isEmpty()) {
        HttpServer server =
            closer.push(HttpServer.start(options.http(address), routes, httpMetrics));
        servers.add(server);
        ports.put(port, server.port());
      }
    }

    void watchFiles() throws InterruptedException {
      while (!closing.await(CERTIFICATE_SECONDS, TimeUnit.SECONDS)) {
        servers.forEach(HttpServer::refreshTls);
      }
    }

    void udp(CollectPort port, Protocol protocol, SpanIntake intake, AgentReceiver.Counts counts) {
      String address = options.address(port);
      if (!address.isEmpty()) {
        int colon = address.lastIndexOf(':');
        String host = address.substring(0, colon);
        InetSocketAddress bind =
            host.isEmpty()
                ? new InetSocketAddress(Integer.parseInt(address.substring(colon + 1)))
                : new InetSocketAddress(host, Integer.parseInt(address.substring(colon + 1)));
        AgentReceiver receiver = closer.push(AgentReceiver.start(bind, protocol, intake, counts));
        ports.put(port, receiver.port());
      }
    }
  }

  private SpanSink sink(CollectOptions options) {
    SpanSink sink = queue;
    if (options.tail().isPresent()) {
      TailSampler sampler =
          closer.push(
              TailSampler.start(
                  options.tail().get(),
                  queue,
                  ledger,
                  new TailSampler.Surroundings(System::nanoTime, telemetry.registry())));
      sink = sampler;
    }
    if (journal.isPresent()) {
      JournalSink durable = new JournalSink(journal.get(), sink, ledger);
      background("oriel/collect/recovery", () -> recover(durable));
      sink = durable;
    }
    return options.ratio() < 1 ? new ConsistentSampling(options.ratio(), sink, ledger) : sink;
  }

  private void recover(JournalSink durable) throws InterruptedException {
    try {
      durable.recover(closing);
    } catch (IOException e) {
      LOG.atError()
          .addKeyValue("reason", e.getMessage())
          .log("spans of an earlier process cannot be read, they stay on disk");
    }
  }

  private Peers peers(CollectPeering peering) {
    Peers peers = closer.push(peering.open(telemetry.registry()));
    background(
        "oriel/collect/peers",
        () -> {
          while (!closing.await(PEER_SECONDS, TimeUnit.SECONDS)) {
            peers.refresh();
          }
        });
    return peers;
  }

  private StrategyProvider fileStrategies(CollectOptions options) throws IOException {
    FileStrategies strategies = new FileStrategies(options.headProbability());
    if (options.strategiesFile().isPresent()) {
      Path file = options.strategiesFile().get();
      byte[] content = Files.readAllBytes(file);
      strategies.load(content);
      background("oriel/collect/strategies", () -> reload(strategies, file, content));
    }
    return strategies;
  }

  /// Ends an interval of so many seconds.
  private interface Calculation {
    void step(double seconds) throws InterruptedException;
  }

  private void recalculate(Calculation calculation, Duration interval) throws InterruptedException {
    long last = System.nanoTime();
    while (!closing.await(interval.toMillis(), TimeUnit.MILLISECONDS)) {
      long now = System.nanoTime();
      calculation.step((now - last) / 1e9);
      last = now;
    }
  }

  private void reload(FileStrategies strategies, Path file, byte[] first)
      throws InterruptedException {
    byte[] known = first;
    while (!closing.await(RELOAD_SECONDS, TimeUnit.SECONDS)) {
      try {
        byte[] now = Files.readAllBytes(file);
        if (!Arrays.equals(known, now)) {
          known = now;
          strategies.load(now);
          LOG.atInfo().addKeyValue("file", file).log("sampling strategies loaded anew");
        }
      } catch (IOException | OrielException e) {
        LOG.atWarn()
            .addKeyValue("file", file)
            .addKeyValue("reason", e.getMessage())
            .log("sampling strategies not usable, keeping those before");
      }
    }
  }

  private void prepare(CollectOptions options) throws InterruptedException {
    SpanIndices indices = new SpanIndices(options.indices(), options.shards());
    do {
      try {
        indices.prepare(engine, Retention.spans());
        prepared.countDown();
        return;
      } catch (OrielException e) {
        LOG.atWarn()
            .addKeyValue("reason", e.reason())
            .log("templates not written, keeping spans and trying again");
      }
    } while (!closing.await(RELOAD_SECONDS, TimeUnit.SECONDS));
  }

  /// Something that waits most of the time.
  private interface Waiting {
    void run() throws InterruptedException;
  }

  private void background(String name, Waiting work) {
    Thread thread =
        Thread.ofVirtual()
            .name(name)
            .start(
                () -> {
                  try {
                    work.run();
                  } catch (InterruptedException _) {
                    Thread.currentThread().interrupt();
                  }
                });
    closer.push(
        () -> {
          closing.countDown();
          thread.interrupt();
          thread.join();
        });
  }

  private Routes operationRoutes() {
    return new Routes()
        .get("/metrics", telemetry::expose)
        .get("/metrics/spans", spanMetrics::expose)
        .get("/", _ -> ready())
        .get("/-/healthy", _ -> HttpAnswer.text(200, "OK\n"))
        .get("/-/ready", _ -> ready());
  }

  /// Ready is who can take spans; whether the engine takes them is said beside.
  private HttpAnswer ready() {
    SpanQueue.Bounds bounds = queue.bounds();
    String state =
        "queue holds %d of %d spans, %d of %d bytes; engine %s%n"
            .formatted(
                queue.heldSpans(),
                bounds.spans(),
                queue.heldBytes(),
                bounds.bytes(),
                delivery.trouble().map(why -> "took nothing last: " + why).orElse("ok"));
    return queue.isFull()
        ? HttpAnswer.text(503, "refuses spans: " + state)
        : HttpAnswer.text(200, "OK: " + state);
  }

  /// Where {@code port} is; 0 for nowhere.
  public int port(CollectPort port) {
    return ports.getOrDefault(port, 0);
  }

  /// Where metrics and health are.
  public int operationsPort() {
    return operations.port();
  }

  /// What became of the spans.
  public SpanLedger ledger() {
    return ledger;
  }

  /// Waits until the role is closed.
  public void awaitClose() throws InterruptedException {
    closing.await();
  }

  @Override
  public void close() {
    closing.countDown();
    closer.close();
  }
}
