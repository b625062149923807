package io.oriel.federation.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.federation.store.LocalStore;
import io.oriel.federation.store.Store;
import io.oriel.federation.store.TestSeries;
import io.oriel.model.labels.Labels;
import io.oriel.model.matcher.Matcher;
import io.oriel.model.relabel.RelabelAction;
import io.oriel.model.relabel.RelabelConfig;
import io.oriel.model.relabel.Relabeler;
import io.oriel.model.series.Querier;
import io.oriel.model.series.SelectHints;
import io.oriel.model.series.Series;
import io.oriel.model.series.SeriesCursor;
import io.oriel.wire.storeapi.InfoResponse;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Which series a query with a selector sees.
class StoreSelectorTest {
  private static final QueryScope SCOPE = QueryScope.standard(List.of("replica"));

  private static Endpoint source(Labels external) throws IOException {
    Store store =
        new LocalStore(
            new TestSeries().add(Labels.of("__name__", "up"), 1000, 1),
            new LocalStore.Description(
                "sidecar",
                () -> external,
                () -> 0,
                EnumSet.of(InfoResponse.Service.QUERY, InfoResponse.Service.RULES)));
    return Endpoint.up(external.toString(), store, store.info());
  }

  /// One endpoint that stands for several sources, as a query or a store gateway does.
  private static Endpoint above(String address, Endpoint... sources) {
    FanOut store = new FanOut(() -> List.of(sources), SCOPE);
    return Endpoint.up(address, store, store.info());
  }

  private static StoreSelector rule(RelabelAction action, String regex, String... names) {
    return StoreSelector.of(
        Relabeler.of(List.of(RelabelConfig.of(action, List.of(names), regex, ""))));
  }

  private static List<String> seen(StoreSelector selector, List<Endpoint> endpoints)
      throws IOException {
    FanOut stores = new FanOut(() -> selector.select(endpoints), SCOPE);
    List<String> seen = new ArrayList<>();
    try (Querier querier = new FederatedQueryable(stores, SCOPE).querier(0, 2000);
        SeriesCursor cursor =
            querier.select(SelectHints.range(0, 2000), List.of(Matcher.metric("up")))) {
      for (Series series = cursor.next(); series != null; series = cursor.next()) {
        seen.add(series.labels().get("cluster"));
      }
    }
    return seen;
  }

  @Test
  void whatIsDroppedIsNotSeenBelowOneEndpointOrAtItsOwn() throws IOException {
    Endpoint dev = source(Labels.of("cluster", "dev-01", "replica", "a"));
    Endpoint prod = source(Labels.of("cluster", "prod.01", "replica", "a"));
    Endpoint stage = source(Labels.of("cluster", "stag-01", "replica", "a"));

    List<Endpoint> two = List.of(above("local", dev, prod), stage);

    assertEquals(List.of("dev-01", "prod.01", "stag-01"), seen(StoreSelector.everything(), two));
    assertEquals(List.of("prod.01"), seen(rule(RelabelAction.KEEP, "prod.*", "cluster"), two));
    assertEquals(
        List.of("dev-01", "stag-01"), seen(rule(RelabelAction.DROP, "prod.*", "cluster"), two));
    assertEquals(List.of(), seen(rule(RelabelAction.KEEP, "other", "cluster"), two));
  }

  @Test
  void namesOfLabelsComeFromWhatIsSeenOnly() throws IOException {
    Endpoint dev = source(Labels.of("cluster", "dev-01", "zone", "z"));
    Endpoint prod = source(Labels.of("cluster", "prod-01"));
    FanOut stores =
        new FanOut(
            () ->
                rule(RelabelAction.DROP, "dev.*", "cluster")
                    .select(List.of(above("local", dev, prod))),
            SCOPE);

    try (Querier querier = new FederatedQueryable(stores, SCOPE).querier(0, 2000)) {
      assertEquals(List.of("prod-01"), querier.labelValues("cluster", 0, List.of()).value());
      assertFalse(querier.labelNames(0, List.of()).value().contains("zone"));
    }
  }

  @Test
  void aNarrowedEndpointIsHandedNoWholeQueries() throws IOException {
    Endpoint local =
        above(
            "local",
            source(Labels.of("cluster", "dev-01")),
            source(Labels.of("cluster", "prod-01")));

    Endpoint narrowed =
        rule(RelabelAction.DROP, "dev.*", "cluster").select(List.of(local)).getFirst();

    assertTrue(local.serves(InfoResponse.Service.QUERY));
    assertFalse(narrowed.serves(InfoResponse.Service.QUERY));
    assertTrue(narrowed.serves(InfoResponse.Service.RULES));
    assertEquals(List.of(Labels.of("cluster", "prod-01")), narrowed.labelSets());
  }

  @Test
  void anEndpointThatNeverAnsweredIsStillMissed() throws IOException {
    Endpoint never =
        new Endpoint(
            "gone:1",
            source(Labels.empty()).store(),
            Optional.empty(),
            Optional.empty(),
            Optional.of("refused"),
            Instant.EPOCH);

    assertEquals(List.of(never), rule(RelabelAction.KEEP, "dev", "cluster").select(List.of(never)));
  }
}
