package io.oriel.benchmarks.traces;

import io.oriel.model.attribute.AttributeValue;
import io.oriel.model.attribute.Attributes;
import io.oriel.model.trace.Resource;
import io.oriel.model.trace.Scope;
import io.oriel.model.trace.Span;
import io.oriel.model.trace.SpanKind;
import io.oriel.model.trace.SpanStatus;
import io.oriel.model.trace.TraceId;
import io.oriel.wire.otlp.OtlpTraces;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/// Collects the same spans with our collector and with Jaeger's into one engine, then asks both
/// queries the same of what ours wrote, in turns. Prints spans per CPU second of each collector's
/// process, p50, p99 and CPU time of lookups and searches, and memory around a trace of 100,000
/// spans. What a server does first, as often as is measured, does not count; who is asked first
/// changes with each question, because the engine's caches help the second.
///
/// Arguments: the program `jaeger`, the program `oriel`, how many spans each collects, how many
/// there are when the queries are asked, how often each question is asked (0 to end before), and
/// the first of the fifteen ports of loopback that are taken, 22100 unless said otherwise.
public final class JaegerComparison {
  private static final int PER_TRACE = 10;
  private static final int TRACES_PER_REQUEST = 50;
  private static final int SERVICES = 20;
  private static final int HUGE = 100_000;
  private static final TraceId HUGE_ID = new TraceId(1, 1);

  private final long start = System.currentTimeMillis() - 3_600_000;
  private final Path directory;
  private final String jaeger;
  private final String oriel;
  private final int spans;
  private final int stored;
  private final int asked;
  private final int firstPort;
  private final String engineUrl;
  private final String ourOtlp;
  private final String theirOtlp;
  private final List<Server> running = new ArrayList<>();

  private JaegerComparison(Path directory, String[] args) {
    this.directory = directory;
    this.jaeger = args[0];
    this.oriel = args[1];
    this.spans = Integer.parseInt(args[2]);
    this.stored = Integer.parseInt(args[3]);
    this.asked = Integer.parseInt(args[4]);
    this.firstPort = args.length > 5 ? Integer.parseInt(args[5]) : 22_100;
    this.engineUrl = "http://" + at(0);
    this.ourOtlp = "http://" + at(1) + "/v1/traces";
    this.theirOtlp = "http://" + at(2) + "/v1/traces";
  }

  public static void main(String[] args) throws Exception {
    JaegerComparison comparison =
        new JaegerComparison(Files.createTempDirectory("oriel-traces"), args);
    try {
      comparison.run();
    } finally {
      for (Server each : comparison.running.reversed()) {
        each.close();
      }
    }
  }

  private int port(int number) {
    return firstPort + number;
  }

  private String at(int number) {
    return "127.0.0.1:" + port(number);
  }

  private Server start(String name, String url, String ready, String... command)
      throws IOException, InterruptedException {
    Server server = Server.start(name, directory, url, List.of(command));
    running.add(server);
    server.awaitReady(ready);
    return server;
  }

  private void run() throws Exception {
    Server engine =
        start(
            "engine",
            engineUrl,
            "/_cluster/health",
            oriel,
            "search",
            "--path.data=" + directory.resolve("engine"),
            "--http.port=" + port(0),
            "--transport.port=" + port(5),
            "--web.listen-address=" + at(6));
    Server ours = collector();
    Server theirs = jaeger("jaeger-collector", "theirs", at(2), at(8), at(9));
    for (int round = 0; round < 2; round++) {
      collect(engine, ours, "ours", ourOtlp, round * requests(spans / 2), requests(spans / 2));
      collect(
          engine, theirs, "theirs", theirOtlp, round * requests(spans / 2), requests(spans / 2));
    }
    if (stored > spans) {
      int done = 2 * requests(spans / 2);
      collect(engine, ours, "ours", ourOtlp, done, requests(stored) - done);
    }
    if (asked == 0) {
      return;
    }
    Server query =
        start(
            "traces",
            "http://" + at(3),
            "/-/ready",
            oriel,
            "traces",
            "--es.server-urls=" + engineUrl,
            "--es.index-prefix=ours",
            "--query.http-server.host-port=" + at(3),
            "--query.grpc-server.host-port=" + at(10));
    Server other = jaeger("jaeger-query", "ours", at(11), at(4), at(12));
    ask(query, other);
    sendHuge(engine);
    huge(query, other);
  }

  private Server collector() throws IOException, InterruptedException {
    return start(
        "collect",
        "http://" + at(7),
        "/metrics",
        oriel,
        "collect",
        "--cluster=dev-01",
        "--environment=dev",
        "--es.server-urls=" + engineUrl,
        "--es.index-prefix=ours",
        "--es.create-index-templates=true",
        "--collector.otlp.http.host-port=" + at(1),
        "--collector.otlp.grpc.host-port=",
        "--collector.grpc-server.host-port=",
        "--collector.http-server.host-port=",
        "--processor.jaeger-compact.server-host-port=",
        "--processor.jaeger-binary.server-host-port=",
        "--collector.zipkin.host-port=",
        "--http-server.host-port=",
        "--sampling.grpc.host-port=",
        "--admin.http.host-port=" + at(7));
  }

  private Server jaeger(String name, String prefix, String otlp, String http, String grpc)
      throws IOException, InterruptedException {
    String index = "{shards: 1, replicas: 0}";
    String config =
        """
        service:
          extensions: [jaeger_storage, jaeger_query]
          pipelines:
            traces: {receivers: [otlp], processors: [batch], exporters: [jaeger_storage_exporter]}
          telemetry: {metrics: {level: none}, logs: {level: error}}
        extensions:
          jaeger_query:
            storage: {traces: store}
            http: {endpoint: "HTTP"}
            grpc: {endpoint: "GRPC"}
          jaeger_storage:
            backends:
              store:
                elasticsearch:
                  server_urls: ["ENGINE"]
                  indices: {index_prefix: PREFIX, spans: INDEX, services: INDEX, dependencies: INDEX, sampling: INDEX}
        receivers:
          otlp: {protocols: {http: {endpoint: "OTLP"}}}
        processors: {batch: }
        exporters:
          jaeger_storage_exporter: {trace_storage: store}
        """
            .replace("HTTP", http)
            .replace("GRPC", grpc)
            .replace("OTLP", otlp)
            .replace("ENGINE", engineUrl)
            .replace("PREFIX", prefix)
            .replace("INDEX", index);
    Path file = Files.writeString(directory.resolve(name + ".yaml"), config);
    return start(name, "http://" + http, "/api/services", jaeger, "--config", file.toString());
  }

  /// One request's worth of traces; the same ones for the same number.
  private List<Span> batch(int number) {
    SplittableRandom random = new SplittableRandom(number);
    List<Span> batch = new ArrayList<>();
    for (int trace = 0; trace < TRACES_PER_REQUEST; trace++) {
      TraceId id = id(number, trace);
      long at = (start + random.nextInt(3_000_000)) * 1_000_000;
      for (int i = 1; i <= PER_TRACE; i++) {
        batch.add(span(id, i, i == 1 ? 0 : random.nextInt(1, i), at, random));
      }
    }
    return batch;
  }

  private static TraceId id(int number, int trace) {
    SplittableRandom random = new SplittableRandom(number * 1_000L + trace);
    return new TraceId(random.nextLong(), random.nextLong() | 1);
  }

  private static Span span(TraceId trace, long id, long parent, long at, SplittableRandom random) {
    long begin = at + id * 1_000_000;
    return new Span(
        trace,
        id,
        parent,
        "",
        1,
        "GET /cart/{id}/" + random.nextInt(50),
        id % 2 == 0 ? SpanKind.CLIENT : SpanKind.SERVER,
        begin,
        begin + random.nextLong(100_000_000L),
        random.nextInt(50) == 0 ? new SpanStatus(SpanStatus.Code.ERROR, "") : SpanStatus.UNSET,
        Attributes.builder()
            .add("http.request.method", "GET")
            .add("http.route", "/cart/{id}")
            .add("url.path", "/cart/" + random.nextInt(1_000_000))
            .add("server.address", "shop.example")
            .add("http.response.status_code", AttributeValue.of(200L))
            .add("network.peer.port", AttributeValue.of(random.nextLong(65_536)))
            .add("customer", "c" + random.nextInt(10_000))
            .add("thread.name", "http-nio-8080-exec-" + random.nextInt(200))
            .build(),
        List.of(),
        List.of(),
        Span.Dropped.NOTHING,
        Resource.of(
            Attributes.builder()
                .add("service.name", "shop-" + random.nextInt(SERVICES))
                .add("k8s.pod.name", "shop-7d9f-" + random.nextInt(100))
                .add("telemetry.sdk.language", "java")
                .build()),
        new Scope("io.opentelemetry.tomcat", "2.1.0", Attributes.empty(), 0, ""));
  }

  private static int requests(int spans) {
    return spans / (PER_TRACE * TRACES_PER_REQUEST);
  }

  private void collect(
      Server engine, Server collector, String prefix, String otlp, int first, int requests)
      throws IOException, InterruptedException {
    long before = count(engine, prefix);
    double cpu = collector.cpuSeconds();
    for (int i = 0; i < requests; i++) {
      send(engine, otlp, batch(first + i));
    }
    long wanted = before + (long) requests * PER_TRACE * TRACES_PER_REQUEST;
    long until = System.nanoTime() + 300_000_000_000L;
    long seen = count(engine, prefix);
    while (seen < wanted && System.nanoTime() < until) {
      Thread.sleep(200);
      seen = count(engine, prefix);
    }
    double spent = collector.cpuSeconds() - cpu;
    System.out.printf(
        Locale.ROOT,
        "%s, from span %d: %d of %d spans indexed, %.0f spans per CPU second, at most %d MiB%n",
        collector.name(),
        (long) first * PER_TRACE * TRACES_PER_REQUEST,
        seen - before,
        wanted - before,
        (seen - before) / spent,
        collector.peakMebibytes());
  }

  private static void send(Server sender, String otlp, List<Span> spans)
      throws IOException, InterruptedException {
    byte[] body = OtlpTraces.write(spans);
    while (true) {
      HttpResponse<byte[]> answer = sender.post(otlp, "application/x-protobuf", body);
      if (answer.statusCode() == 200) {
        return;
      }
      if (answer.statusCode() != 429 && answer.statusCode() != 503) {
        throw new IOException(otlp + ": " + answer.statusCode());
      }
      Thread.sleep(20);
    }
  }

  private long count(Server engine, String prefix) throws IOException, InterruptedException {
    engine.post(
        engineUrl + "/" + prefix + "-jaeger-span-*/_refresh", "application/json", new byte[0]);
    String answer =
        new String(
            engine.get("/" + prefix + "-jaeger-span-*/_count?allow_no_indices=true").body(),
            StandardCharsets.UTF_8);
    String digits = answer.replaceAll("(?s).*\"count\"\\s*:\\s*(\\d+).*", "$1");
    return digits.matches("\\d+") ? Long.parseLong(digits) : 0;
  }

  private void sendHuge(Server engine) throws IOException, InterruptedException {
    SplittableRandom random = new SplittableRandom(7);
    long before = count(engine, "ours");
    for (int from = 0; from < HUGE; from += 500) {
      List<Span> some = new ArrayList<>();
      for (int i = from + 1; i <= from + 500; i++) {
        some.add(span(HUGE_ID, i, i == 1 ? 0 : random.nextInt(1, i), start * 1_000_000, random));
      }
      send(engine, ourOtlp, some);
    }
    while (count(engine, "ours") < before + HUGE) {
      Thread.sleep(200);
    }
  }

  private interface Question {
    String path(SplittableRandom random);
  }

  private String lookup(SplittableRandom random) {
    int request = random.nextInt(requests(Math.max(stored, spans)));
    return "/api/traces/" + id(request, random.nextInt(TRACES_PER_REQUEST)).hex();
  }

  /// A window that ends within the data, never the same twice, as people ask up to now while spans
  /// come in: of a window that has all there is, the engine would keep the answer.
  private String search(SplittableRandom random, String more) {
    return "/api/traces?service=shop-%d&start=%d000&end=%d&limit=20%s"
        .formatted(
            random.nextInt(SERVICES),
            start,
            (start + 2_400_000) * 1_000 + random.nextInt(600_000_000),
            more);
  }

  private void ask(Server ours, Server theirs) throws IOException, InterruptedException {
    compare("lookup by id", this::lookup, ours, theirs);
    compare("search by service", random -> search(random, ""), ours, theirs);
    compare(
        "search by operation and duration",
        random ->
            search(
                random,
                "&minDuration=50ms&operation="
                    + URLEncoder.encode(
                        "GET /cart/{id}/" + random.nextInt(50), StandardCharsets.UTF_8)),
        ours,
        theirs);
    compare(
        "search by tag",
        random -> search(random, "&tag=customer:c" + random.nextInt(10_000)),
        ours,
        theirs);
  }

  private void compare(String what, Question question, Server ours, Server theirs)
      throws IOException, InterruptedException {
    SplittableRandom random = new SplittableRandom(3);
    double[] our = new double[asked];
    double[] their = new double[asked];
    int differing = 0;
    double ourCpu = 0;
    double theirCpu = 0;
    for (int i = -asked; i < asked; i++) {
      if (i == 0) {
        ourCpu = ours.cpuSeconds();
        theirCpu = theirs.cpuSeconds();
      }
      String path = question.path(random);
      boolean oursFirst = i % 2 == 0;
      long before = System.nanoTime();
      byte[] first = (oursFirst ? ours : theirs).get(path).body();
      long between = System.nanoTime();
      byte[] second = (oursFirst ? theirs : ours).get(path).body();
      long after = System.nanoTime();
      if (i >= 0) {
        our[i] = (oursFirst ? between - before : after - between) / 1e6;
        their[i] = (oursFirst ? after - between : between - before) / 1e6;
        differing += traces(first) == traces(second) ? 0 : 1;
      }
    }
    Arrays.sort(our);
    Arrays.sort(their);
    System.out.printf(
        Locale.ROOT,
        "%s: p50 %.1f ms, Jaeger %.1f ms (%.1f); p99 %.1f ms, Jaeger %.1f ms (%.1f);"
            + " CPU %.1f ms, Jaeger %.1f ms; %d differ%n",
        what,
        our[asked / 2],
        their[asked / 2],
        their[asked / 2] / our[asked / 2],
        our[asked * 99 / 100],
        their[asked * 99 / 100],
        their[asked * 99 / 100] / our[asked * 99 / 100],
        (ours.cpuSeconds() - ourCpu) * 1e3 / asked,
        (theirs.cpuSeconds() - theirCpu) * 1e3 / asked,
        differing);
  }

  /// How many spans an answer has.
  private static int traces(byte[] answer) {
    return new String(answer, StandardCharsets.UTF_8).split("\"operationName\":", -1).length - 1;
  }

  private static void huge(Server ours, Server theirs) throws IOException, InterruptedException {
    for (Server each : List.of(ours, theirs)) {
      for (String path :
          List.of(
              "/api/traces/" + HUGE_ID.hex(),
              "/api/v3/traces/" + HUGE_ID.hex(),
              "/api/v3/traces/" + HUGE_ID.hex() + "?raw_traces=true")) {
        long before = each.peakMebibytes();
        double cpu = each.cpuSeconds();
        HttpResponse<byte[]> answer = each.get(path);
        System.out.printf(
            Locale.ROOT,
            "%s %s: %d, %d MB, %.1f CPU seconds, at most %d MiB resident, %d before%n",
            each.name(),
            path,
            answer.statusCode(),
            answer.body().length / 1_000_000,
            each.cpuSeconds() - cpu,
            each.peakMebibytes(),
            before);
      }
    }
  }
}
