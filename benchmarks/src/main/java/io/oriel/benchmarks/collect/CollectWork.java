package io.oriel.benchmarks.collect;

import com.sun.management.OperatingSystemMXBean;
import io.oriel.model.attribute.AttributeValue;
import io.oriel.model.attribute.Attributes;
import io.oriel.model.error.RetryLater;
import io.oriel.model.trace.Resource;
import io.oriel.model.trace.Scope;
import io.oriel.model.trace.Span;
import io.oriel.model.trace.SpanKind;
import io.oriel.model.trace.SpanStatus;
import io.oriel.model.trace.TraceId;
import io.oriel.runtime.trace.Tracer;
import io.oriel.search.client.SearchClient;
import io.oriel.search.client.SearchClientConfig;
import io.oriel.traces.batch.Delivery;
import io.oriel.traces.batch.DeliveryMetrics;
import io.oriel.traces.batch.DeliveryOptions;
import io.oriel.traces.batch.SpanLedger;
import io.oriel.traces.batch.SpanQueue;
import io.oriel.traces.dependency.DependencyTracker;
import io.oriel.traces.index.IndexNames;
import io.oriel.traces.index.KnownServices;
import io.oriel.traces.index.Rotation;
import io.oriel.traces.index.SpanEncoder;
import io.oriel.traces.index.SpanItemMaker;
import io.oriel.traces.index.TagFields;
import io.oriel.traces.receive.Protocol;
import io.oriel.traces.receive.SpanIntake;
import io.oriel.traces.spanmetrics.SpanMetrics;
import io.oriel.wire.otlp.OtlpTraces;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;

/// Decodes OTLP, encodes documents, delivers them to a sink that takes everything; prints spans per
/// CPU second of each. Argument: how many spans, two million unless said otherwise.
public final class CollectWork {
  private static final int PER_REQUEST = 200;
  private static final int REQUESTS = 200;

  private final OperatingSystemMXBean system =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private final List<byte[]> requests = new ArrayList<>();

  private CollectWork() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < REQUESTS; i++) {
      requests.add(OtlpTraces.write(spans(random)));
    }
  }

  public static void main(String[] args) throws Exception {
    int spans = args.length > 0 ? Integer.parseInt(args[0]) : 2_000_000;
    CollectWork work = new CollectWork();
    long bytes = work.requests.stream().mapToLong(request -> request.length).sum();
    System.out.printf("%d bytes a span in OTLP%n", bytes / (REQUESTS * PER_REQUEST));
    for (int round = 0; round < 2; round++) {
      work.decode(spans);
      work.encode(spans);
      work.tell(spans);
      work.deliver(spans);
    }
  }

  private static List<Span> spans(SplittableRandom random) {
    Resource resource =
        Resource.of(
            Attributes.builder()
                .add("service.name", "shop-" + random.nextInt(20))
                .add("k8s.pod.name", "shop-7d9f-" + random.nextInt(100))
                .add("k8s.namespace.name", "shop")
                .add("telemetry.sdk.language", "java")
                .build());
    Scope scope = new Scope("io.opentelemetry.tomcat", "2.1.0", Attributes.empty(), 0, "");
    List<Span> spans = new ArrayList<>();
    for (int i = 0; i < PER_REQUEST; i++) {
      long start = 1_700_000_000_000_000_000L + random.nextLong(1_000_000_000L);
      spans.add(
          new Span(
              new TraceId(random.nextLong(), random.nextLong() | 1),
              random.nextLong() | 1,
              random.nextLong() | 1,
              "",
              1,
              "GET /cart/{id}/" + random.nextInt(50),
              SpanKind.SERVER,
              start,
              start + random.nextLong(100_000_000L),
              SpanStatus.UNSET,
              Attributes.builder()
                  .add("http.request.method", "GET")
                  .add("http.route", "/cart/{id}")
                  .add("url.path", "/cart/" + random.nextInt(1_000_000))
                  .add("url.scheme", "https")
                  .add("server.address", "shop.example")
                  .add("client.address", "10.0.0." + random.nextInt(255))
                  .add("http.response.status_code", AttributeValue.of(200L))
                  .add("network.peer.port", AttributeValue.of(random.nextLong(65_536)))
                  .add("user_agent.original", "Mozilla/5.0 (X11; Linux x86_64)")
                  .add("thread.name", "http-nio-8080-exec-" + random.nextInt(200))
                  .build(),
              List.of(),
              List.of(),
              Span.Dropped.NOTHING,
              resource,
              scope));
    }
    return spans;
  }

  private void report(String what, int spans, long cpuStart) {
    double seconds = (system.getProcessCpuTime() - cpuStart) / 1e9;
    System.out.printf("%s: %.0f spans per CPU second%n", what, spans / seconds);
  }

  private void decode(int spans) {
    long start = system.getProcessCpuTime();
    long seen = 0;
    for (int i = 0; i * PER_REQUEST < spans; i++) {
      seen += OtlpTraces.read(requests.get(i % REQUESTS)).spans().size();
    }
    report("decode OTLP (" + seen + ")", spans, start);
  }

  /// What a collector counts of spans besides: dependencies, calls and durations.
  private void tell(int spans) {
    List<List<Span>> decoded =
        requests.stream().map(request -> OtlpTraces.read(request).spans()).toList();
    DependencyTracker tracker = new DependencyTracker(100_000);
    SpanMetrics metrics = new SpanMetrics(2_000, InstantSource.system());
    long start = system.getProcessCpuTime();
    for (int i = 0; i * PER_REQUEST < spans; i++) {
      decoded.get(i % REQUESTS).forEach(tracker::add);
    }
    report("dependencies", spans, start);
    start = system.getProcessCpuTime();
    for (int i = 0; i * PER_REQUEST < spans; i++) {
      decoded.get(i % REQUESTS).forEach(metrics::add);
    }
    report("calls and durations", spans, start);
  }

  private void encode(int spans) {
    List<Span> decoded = OtlpTraces.read(requests.getFirst()).spans();
    SpanEncoder encoder = new SpanEncoder(TagFields.none());
    long start = system.getProcessCpuTime();
    long bytes = 0;
    for (int i = 0; i < spans; i++) {
      bytes += encoder.encode(decoded.get(i % PER_REQUEST)).length;
    }
    report("encode documents (" + bytes / spans + " bytes each)", spans, start);
  }

  private void deliver(int spans) throws Exception {
    Process sink =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "io.oriel.benchmarks.ship.NullSink")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (BufferedReader said =
        new BufferedReader(new InputStreamReader(sink.getInputStream(), StandardCharsets.UTF_8))) {
      int port = Integer.parseInt(said.readLine());
      long start = system.getProcessCpuTime();
      long stored = deliver(spans, URI.create("http://127.0.0.1:" + port));
      report("OTLP to acknowledged bulk (" + stored + ")", spans, start);
    } finally {
      sink.destroy();
    }
  }

  private long deliver(int spans, URI engine) throws Exception {
    SpanLedger ledger = new SpanLedger();
    PrometheusRegistry registry = new PrometheusRegistry();
    SpanItemMaker items =
        new SpanItemMaker(
            new IndexNames("", Rotation.ALIAS),
            TagFields.none(),
            new KnownServices(Duration.ofHours(1)),
            InstantSource.system());
    SpanQueue queue = new SpanQueue(SpanQueue.Bounds.standard(), items, System::nanoTime);
    SpanIntake intake =
        new SpanIntake(new SpanIntake.Stamp("dev-01", "dev"), queue, List.of(), ledger, registry);
    try (SearchClient client = SearchClient.create(SearchClientConfig.of(engine), "benchmark");
        Delivery delivery =
            Delivery.start(
                queue,
                client.documents(),
                items,
                DeliveryOptions.standard(),
                new Delivery.Surroundings(
                    ledger,
                    new DeliveryMetrics(registry, queue, ledger),
                    System::nanoTime,
                    new SplittableRandom(1),
                    Tracer.off(),
                    new CountDownLatch(0)))) {
      for (int i = 0; i * PER_REQUEST < spans; i++) {
        byte[] request = requests.get(i % REQUESTS);
        List<Span> decoded = OtlpTraces.read(request).spans();
        while (!taken(intake, decoded, request.length)) {
          Thread.sleep(1);
        }
      }
      delivery.close();
    }
    return ledger.stored();
  }

  private static boolean taken(SpanIntake intake, List<Span> spans, int bytes) {
    try {
      intake.take(Protocol.OTLP_HTTP, spans, bytes, 0);
      return true;
    } catch (RetryLater _) {
      return false;
    }
  }
}
