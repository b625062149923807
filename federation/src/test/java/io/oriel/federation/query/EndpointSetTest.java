package io.oriel.federation.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.federation.store.Store;
import io.oriel.federation.store.StoreCursor;
import io.oriel.federation.store.StoreService;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.model.matcher.Matcher;
import io.oriel.runtime.dns.DnsResolver;
import io.oriel.runtime.dns.EndpointAddresses;
import io.oriel.runtime.grpc.GrpcClient;
import io.oriel.runtime.grpc.GrpcClientConfig;
import io.oriel.runtime.grpc.GrpcMetrics;
import io.oriel.runtime.grpc.GrpcServer;
import io.oriel.runtime.grpc.GrpcServerConfig;
import io.oriel.runtime.lifecycle.Closer;
import io.oriel.wire.storeapi.InfoResponse;
import io.oriel.wire.storeapi.LabelsRequest;
import io.oriel.wire.storeapi.LabelsResponse;
import io.oriel.wire.storeapi.PartialResponse;
import io.oriel.wire.storeapi.SeriesRequest;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EndpointSetTest {
  private static final DnsResolver NO_DNS =
      (name, _) -> {
        throw new IOException("no server to ask for " + name);
      };

  private final Closer closer = new Closer();
  private Duration responseTimeout = Duration.ofSeconds(10);
  private final List<Optional<GrpcClientConfig>> connected = new ArrayList<>();

  @AfterEach
  void stop() {
    closer.close();
  }

  private EndpointSet endpoints(DnsResolver dns, List<EndpointSpec> named) {
    GrpcMetrics metrics = GrpcMetrics.ofClient(new PrometheusRegistry());
    return closer.push(
        new EndpointSet(
            new EndpointSet.Access(
                () -> named,
                dns,
                (address, own) -> {
                  connected.add(own);
                  return GrpcClient.create(GrpcClientConfig.plain(address), metrics);
                },
                Duration.ofSeconds(10),
                responseTimeout),
            InstantSource.system(),
            new EndpointSet.Metrics(new PrometheusRegistry())));
  }

  private Cluster cluster(String name) throws IOException {
    return closer.push(new Cluster(name));
  }

  private static List<String> addresses(EndpointSet endpoints) {
    return endpoints.all().stream().map(Endpoint::address).toList();
  }

  @Test
  void addressesAreHostAndPort() throws IOException {
    assertEquals(List.of("store:10901"), EndpointAddresses.resolve("store:10901", NO_DNS));
    assertEquals(
        List.of("127.0.0.1:10901"), EndpointAddresses.resolve("dns+127.0.0.1:10901", NO_DNS));
    for (String wrong : List.of("store", "dns+store", "dnsx+store:1", ":1", "a:x")) {
      OrielException refused =
          assertThrows(OrielException.class, () -> EndpointAddresses.resolve(wrong, NO_DNS), wrong);
      assertTrue(refused.reason().contains("want host:port"), refused::reason);
    }
  }

  @Test
  void serviceRecordsGiveHostsAndPorts() throws IOException {
    DnsResolver dns =
        (name, type) ->
            type.equals("SRV") && name.equals("_grpc._tcp.store")
                ? List.of("10 20 10901 127.0.0.1.", "10 20 10902 127.0.0.2.")
                : List.of();

    assertEquals(
        List.of("127.0.0.1:10901", "127.0.0.2:10902"),
        EndpointAddresses.resolve("dnssrv+_grpc._tcp.store", dns));
    assertEquals(
        List.of("127.0.0.1:10901", "127.0.0.2:10902"),
        EndpointAddresses.resolve("dnssrvnoa+_grpc._tcp.store", dns));
    assertEquals(List.of(), EndpointAddresses.resolve("dnssrv+_grpc._tcp.other", dns));
    assertThrows(
        IOException.class,
        () -> EndpointAddresses.resolve("dnssrv+x", (_, _) -> List.of("10901 127.0.0.1.")));
  }

  @Test
  void theMembersOfAGroupTakeTurnsAndADownOneIsPassedOver() throws Exception {
    Cluster one = cluster("dev");
    Cluster other = new Cluster("dev");
    TreeSet<String> members = new TreeSet<>(List.of(one.address(), other.address()));
    List<String> records =
        members.stream().map(each -> "0 0 " + each.split(":")[1] + " 127.0.0.1.").toList();
    DnsResolver dns = (_, _) -> records;
    EndpointSet endpoints = endpoints(dns, List.of(EndpointSpec.group("dnssrv+_grpc._tcp.dev")));
    TreeSet<String> asked = new TreeSet<>();
    for (int i = 0; i < 4; i++) {
      endpoints.refresh();
      assertEquals(List.of("dnssrv+_grpc._tcp.dev"), addresses(endpoints));
      asked.add(endpoints.all().getFirst().client().orElseThrow().address());
    }
    assertEquals(members, asked);

    other.close();
    for (int i = 0; i < 4; i++) {
      endpoints.refresh();
      assertTrue(endpoints.all().getFirst().isUp());
    }
  }

  @Test
  void anEndpointWithItsOwnClientKeepsIt() throws Exception {
    Cluster dev = cluster("dev");
    Cluster prod = cluster("prod");
    Optional<GrpcClientConfig> own = Optional.of(GrpcClientConfig.plain("any:1"));
    EndpointSet endpoints =
        endpoints(
            NO_DNS,
            List.of(
                new EndpointSpec(dev.address(), EndpointSpec.Spread.EACH, own),
                EndpointSpec.of(prod.address()),
                EndpointSpec.of(dev.address())));

    endpoints.refresh();
    endpoints.refresh();

    assertEquals(List.of(dev.address(), prod.address()), addresses(endpoints));
    assertEquals(List.of(own, Optional.empty()), connected);
  }

  @Test
  void whatCannotBeResolvedIsAskedForAgain() throws Exception {
    Cluster dev = cluster("dev");
    List<String> answers = new ArrayList<>();
    EndpointSet endpoints =
        endpoints(
            (_, _) -> {
              if (answers.isEmpty()) {
                throw new IOException("no answer");
              }
              return answers;
            },
            List.of(EndpointSpec.of("dnssrvnoa+dev")));
    endpoints.refresh();
    assertEquals(List.of(), endpoints.all());

    answers.add("0 0 " + dev.address().split(":")[1] + " 127.0.0.1.");
    endpoints.refresh();
    assertEquals(List.of(dev.address()), addresses(endpoints));

    answers.clear();
    endpoints.refresh();
    assertEquals(List.of(dev.address()), addresses(endpoints));
  }

  /// A store that says what it is at once, and answers nothing else until it is let.
  private record Hanging(InfoResponse info, CountDownLatch until) implements Store {
    @Override
    public StoreCursor series(SeriesRequest request) {
      hang();
      throw OrielException.invalid("let go");
    }

    @Override
    public LabelsResponse labels(LabelsRequest request) {
      hang();
      return new LabelsResponse(List.of(), List.of());
    }

    private void hang() {
      try {
        until.await();
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Test
  void aSlowStoreIsGivenUpAndNamedAndTheOthersAnswer() throws Exception {
    Cluster dev = cluster("dev");
    dev.add(Labels.of("__name__", "up"), 1_000, 1);
    CountDownLatch until = new CountDownLatch(1);
    InfoResponse.StoreInfo all =
        new InfoResponse.StoreInfo(Long.MIN_VALUE, Long.MAX_VALUE, true, true, List.of());
    InfoResponse info =
        new InfoResponse(
            List.of(Labels.of("cluster", "prod")),
            "store",
            Optional.of(all),
            EnumSet.noneOf(InfoResponse.Service.class));
    GrpcServer slow =
        closer.push(
            GrpcServer.start(
                GrpcServerConfig.plain("127.0.0.1:0"),
                StoreService.of(new Hanging(info, until)),
                InstantSource.system(),
                GrpcMetrics.ofServer(new PrometheusRegistry())));
    closer.push(until::countDown);
    responseTimeout = Duration.ofMillis(300);
    EndpointSet endpoints =
        endpoints(NO_DNS, EndpointSpec.of(List.of(dev.address(), "127.0.0.1:" + slow.port())));
    endpoints.refresh();
    FanOut stores = new FanOut(endpoints::all, QueryScope.standard(List.of("replica")));
    SeriesRequest request =
        SeriesRequest.of(0, 10_000, List.of(Matcher.of(Matcher.Type.EQUAL, "__name__", "up")));

    try (StoreCursor cursor = stores.series(request)) {
      int found = 0;
      while (cursor.next() != null) {
        found++;
      }
      assertTrue(found > 0);
      assertTrue(cursor.warnings().toString().contains("prod"), () -> "" + cursor.warnings());
    }
    LabelsResponse labels =
        stores.labels(
            new LabelsRequest("", PartialResponse.WARN, 0, 10_000, List.of(), List.of(), 0));
    assertTrue(labels.values().contains("__name__"));
    assertTrue(labels.warnings().toString().contains("prod"), () -> "" + labels.warnings());
  }
}
