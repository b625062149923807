package io.oriel.app.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.model.error.OrielException;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpClientConfig;
import io.oriel.runtime.http.HttpRequest;
import io.oriel.runtime.lifecycle.Closer;
import io.oriel.search.client.SearchClient;
import io.oriel.search.client.SearchClientConfig;
import io.oriel.search.query.SearchRequest;
import io.oriel.testkit.Peer;
import io.oriel.testkit.Seed;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A collector and a search engine, each a process of its own, that are killed and started again in
/// random order while applications send. In the end every span that was acknowledged is in the
/// engine exactly once, though some of the applications give up what is not.
///
/// `-Doriel.kills=20 -Doriel.outage.seconds=300 -Doriel.seed=…` makes it long.
@Tag("it")
class CollectTortureTest {
  private static final int KILLS = Integer.getInteger("oriel.kills", 4);
  private static final int OUTAGE_SECONDS = Integer.getInteger("oriel.outage.seconds", 10);

  /** Spans; a second or two of what is sent. */
  private static final int QUEUE = 2_000;

  private static final int PATIENT = 3;
  private static final int FOREVER = Integer.MAX_VALUE;
  private static final long DRAIN_SECONDS = 600;

  @TempDir private Path directory;
  private final SplittableRandom random = Seed.random("collect torture");
  private final Closer closer = new Closer();
  private final List<SpanSender> senders = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private HttpClient client;
  private URI engine;
  private String admin;
  private RoleProcess search;
  private RoleProcess collect;
  private long recovered;

  @BeforeEach
  void start() throws Exception {
    client = closer.push(HttpClient.create(HttpClientConfig.standard(), "torture"));
    engine = URI.create("http://" + Peer.freeAddress());
    admin = Peer.freeAddress();
    String otlp = Peer.freeAddress();
    search = search();
    collect = collect(otlp);
    for (RoleProcess process : List.of(search, collect)) {
      process.start();
      process.await();
    }
    for (int i = 0; i <= PATIENT; i++) {
      senders.add(
          new SpanSender(
              URI.create("http://" + otlp + "/v1/traces"),
              client,
              random.split(),
              i < PATIENT ? FOREVER : 1));
    }
  }

  @AfterEach
  void stop() {
    threads.forEach(Thread::interrupt);
    closer.close();
  }

  private static String port(String address) {
    return address.substring(address.indexOf(':') + 1);
  }

  private RoleProcess search() throws IOException {
    String web = Peer.freeAddress();
    return closer.push(
        new RoleProcess(
            "search",
            List.of(
                "--path.data=" + directory.resolve("engine"),
                "--http.port=" + engine.getPort(),
                "--transport.port=" + port(Peer.freeAddress()),
                "--web.listen-address=" + web,
                "-E",
                "cluster.routing.allocation.disk.threshold_enabled=false"),
            URI.create("http://" + web + "/-/ready"),
            directory.resolve("search.log"),
            client));
  }

  private RoleProcess collect(String otlp) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--cluster=dev-01",
                "--environment=dev",
                "--es.server-urls=" + engine,
                "--es.create-index-templates",
                "--collector.queue-directory=" + directory.resolve("queue"),
                "--collector.queue-size=" + QUEUE,
                "--collector.otlp.http.host-port=" + otlp,
                "--admin.http.host-port=" + admin));
    for (String shut :
        List.of(
            "collector.otlp.grpc",
            "collector.grpc-server",
            "collector.http-server",
            "collector.zipkin",
            "http-server",
            "sampling.grpc")) {
      arguments.add("--" + shut + ".host-port=");
    }
    arguments.add("--processor.jaeger-compact.server-host-port=");
    arguments.add("--processor.jaeger-binary.server-host-port=");
    return closer.push(
        new RoleProcess(
            "collect",
            arguments,
            URI.create("http://" + admin + "/-/healthy"),
            directory.resolve("collect.log"),
            client));
  }

  @Test
  void everySpanThatWasAcknowledgedIsFoundOnceWhoeverIsKilled() throws Exception {
    senders.forEach(sender -> threads.add(Thread.ofPlatform().daemon().start(sender)));
    int away = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      awaitAcknowledged(10 * (1 + random.nextInt(60)));
      if (search.isRunning() && (kill == 0 || random.nextInt(3) == 0)) {
        search.kill();
        awaitAcknowledged(100);
      } else if (!search.isRunning() && random.nextBoolean()) {
        search.start();
        search.await();
      }
      away += search.isRunning() ? 0 : 1;
      collect.kill();
      collect.start();
      collect.await();
      recovered += Math.round(awaitRecovery());
    }
    if (!search.isRunning()) {
      search.start();
      search.await();
    }
    senders.forEach(SpanSender::finish);
    for (Thread thread : threads) {
      thread.join();
    }
    awaitDelivery();

    check(away);
    assertTrue(recovered > 0, "something was at stake");
  }

  /// Every span that was acknowledged is there, and none twice.
  ///
  /// @param away how often the collector was killed while there was no engine
  private void check(int away) throws IOException, InterruptedException {
    TreeMap<String, Integer> found = found();
    Set<String> missing = new TreeSet<>(acknowledged());
    missing.removeAll(found.keySet());
    Set<String> foreign = new TreeSet<>(found.keySet());
    Set<String> sent = all(SpanSender::sent);
    foreign.removeAll(sent);
    long twice = found.values().stream().filter(count -> count > 1).count();
    System.out.printf(
        Locale.ROOT,
        "collect torture: %,d spans sent in %,d requests, %,d acknowledged, %,d found, %,d"
            + " acknowledged and missing, %,d twice, %,d given up and not found; killed: collect %d"
            + " (%d while the engine was away), search %d; %,d recovered from disk; %,d requests"
            + " refused; seed %d%n",
        sent.size(),
        senders.stream().mapToLong(SpanSender::requests).sum(),
        acknowledged().size(),
        found.size(),
        missing.size(),
        twice,
        sent.size() - found.size(),
        collect.kills(),
        away,
        search.kills(),
        recovered,
        senders.stream().mapToLong(SpanSender::refusals).sum(),
        Long.getLong("oriel.seed", 42L));
    assertEquals(Set.of(), missing, Seed.replay(0));
    assertEquals(0, twice, Seed.replay(0));
    assertEquals(Set.of(), foreign, Seed.replay(0));
  }

  /// What the queue has room for is acknowledged and found when the engine is back; the rest is
  /// refused, and its senders know.
  @Test
  void anEngineThatIsAwayCostsNothingThatWasAcknowledged() throws Exception {
    senders.forEach(sender -> threads.add(Thread.ofPlatform().daemon().start(sender)));
    awaitAcknowledged(100);
    search.kill();
    long before = acknowledgedSoFar();
    TimeUnit.SECONDS.sleep(OUTAGE_SECONDS);
    long taken = acknowledgedSoFar() - before;
    double held = metric("jaeger_collector_queue_length");
    long refusals = senders.stream().mapToLong(SpanSender::refusals).sum();
    search.start();
    search.await();
    senders.forEach(SpanSender::finish);
    for (Thread thread : threads) {
      thread.join();
    }
    awaitDelivery();

    System.out.printf(
        Locale.ROOT,
        "engine away for %d s: %,d spans acknowledged meanwhile, %,.0f held in the end, %,d requests"
            + " refused%n",
        OUTAGE_SECONDS,
        taken,
        held,
        refusals);
    check(0);
    assertTrue(held <= QUEUE, "bounded");
    assertTrue(refusals > 0, "the queue was full");
  }

  private interface Spans {
    Set<String> of(SpanSender sender);
  }

  private Set<String> all(Spans which) {
    Set<String> all = new TreeSet<>();
    senders.forEach(sender -> all.addAll(which.of(sender)));
    return all;
  }

  private Set<String> acknowledged() {
    return all(SpanSender::acknowledged);
  }

  /// Waits until so many more are acknowledged; not for ever, since the queue may be full.
  private void awaitAcknowledged(int more) throws InterruptedException {
    long wanted = acknowledgedSoFar() + more;
    for (int i = 0; i < 100 && acknowledgedSoFar() < wanted; i++) {
      Thread.sleep(50);
    }
  }

  private long acknowledgedSoFar() {
    return senders.stream().mapToLong(sender -> sender.acknowledged().size()).sum();
  }

  /// Waits until what was left on disk is in the queue again.
  private double awaitRecovery() throws InterruptedException {
    double before = -1;
    double now = metric("oriel_collector_spans_recovered_total");
    while (now != before) {
      Thread.sleep(100);
      before = now;
      now = metric("oriel_collector_spans_recovered_total");
    }
    return now;
  }

  private void awaitDelivery() throws InterruptedException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(DRAIN_SECONDS);
    while (System.nanoTime() < until
        && !(metric("oriel_collector_journal_batches") == 0
            && metric("jaeger_collector_queue_length") == 0)) {
      Thread.sleep(200);
    }
    assertEquals(0, metric("oriel_collector_journal_batches"), "all of it is delivered");
  }

  private double metric(String name) throws InterruptedException {
    try {
      String text = client.send(HttpRequest.get(URI.create("http://" + admin + "/metrics"))).text();
      return text.lines()
          .filter(line -> line.startsWith(name + " "))
          .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
          .findFirst()
          .orElse(-1);
    } catch (IOException | OrielException _) {
      return -1;
    }
  }

  /// How often each span is there.
  private TreeMap<String, Integer> found() throws IOException, InterruptedException {
    TreeMap<String, Integer> found = new TreeMap<>();
    try (SearchClient at = SearchClient.create(SearchClientConfig.of(engine), "torture")) {
      at.indices().refresh(List.of("jaeger-span-*"));
      long _ =
          at.documents()
              .scan(
                  SearchRequest.of("jaeger-span-*")
                      .withSize(5_000)
                      .withSource(List.of("traceID", "spanID")),
                  hit -> {
                    found.merge(
                        hit.source().path("traceID").asString("")
                            + "/"
                            + hit.source().path("spanID").asString(""),
                        1,
                        Integer::sum);
                    return true;
                  });
    }
    return found;
  }
}
