package io.oriel.traces.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.disk.FileDisk;
import io.oriel.search.client.SearchClient;
import io.oriel.search.client.SearchClientConfig;
import io.oriel.traces.dependency.DependencyFeed;
import io.oriel.traces.dependency.DependencyTracker;
import io.oriel.traces.dependency.DependencyWriter;
import io.oriel.traces.index.IndexNames;
import io.oriel.traces.index.KnownServices;
import io.oriel.traces.index.Rotation;
import io.oriel.traces.index.SpanItemMaker;
import io.oriel.traces.index.TagFields;
import io.oriel.traces.spanmetrics.SpanMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AlertsTest {
  private static final Pattern METRIC =
      Pattern.compile("\\b(?:jaeger_collector|oriel_collector|otelcol|traces_span)_[a-z_]+");

  @TempDir private Path directory;

  @Test
  void alertsAskOnlyForMetricsThatThereAre() throws Exception {
    String rules;
    try (InputStream in = Delivery.class.getResourceAsStream("alerts.yml")) {
      rules = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    }
    PrometheusRegistry registry = new PrometheusRegistry();
    SpanQueue queue =
        new SpanQueue(
            SpanQueue.Bounds.standard(),
            new SpanItemMaker(
                new IndexNames("", Rotation.ALIAS),
                TagFields.none(),
                new KnownServices(Duration.ofHours(1)),
                InstantSource.system()),
            System::nanoTime);
    DeliveryMetrics metrics = new DeliveryMetrics(registry, queue, new SpanLedger());
    metrics.saved(1);
    registry.register(new SpanMetrics(1, InstantSource.system()));
    DependencyTracker tracker = new DependencyTracker(1);
    try (SpanJournal journal =
            SpanJournal.open(new FileDisk(), directory, SpanJournal.Bounds.holding(1));
        SearchClient client =
            SearchClient.create(SearchClientConfig.of(URI.create("http://127.0.0.1:1")), "test");
        DependencyFeed _ =
            DependencyFeed.start(
                tracker,
                new DependencyWriter(
                    tracker,
                    client.documents(),
                    new IndexNames("", Rotation.PERIODIC),
                    InstantSource.system()),
                Duration.ofHours(1),
                new CountDownLatch(0),
                registry)) {
      journal.register(registry);
      Set<String> present =
          registry.scrape().stream()
              .map(metric -> metric.getMetadata().getPrometheusName())
              .collect(Collectors.toSet());
      Set<String> asked =
          METRIC
              .matcher(rules)
              .results()
              .map(MatchResult::group)
              .map(name -> name.replaceAll("_(total|bucket)$", ""))
              .collect(Collectors.toCollection(TreeSet::new));

      assertTrue(asked.size() >= 12, asked::toString);
      asked.removeAll(present);
      assertEquals(Set.of(), asked);
    }
  }
}
