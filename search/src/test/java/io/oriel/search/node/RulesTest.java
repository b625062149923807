package io.oriel.search.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.search.SharedNode;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class RulesTest {
  private static final Pattern METRIC =
      Pattern.compile("\\b(?:elasticsearch|oriel_search)_[a-z_]+");

  @Test
  void alertsAskOnlyForMetricsThatThereAre() throws Exception {
    String rules;
    try (InputStream in =
        SearchNode.class.getResourceAsStream("/io/oriel/search/rules/search.yaml")) {
      rules =
          new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)
              .replaceAll("(?m)^#.*$", "");
    }
    PrometheusRegistry registry = new PrometheusRegistry();
    SharedNode.node().register(registry);
    Set<String> present =
        registry.scrape().stream()
            .map(metric -> metric.getMetadata().getPrometheusName())
            .collect(Collectors.toSet());

    Set<String> asked =
        METRIC
            .matcher(rules)
            .results()
            .map(m -> m.group())
            .collect(Collectors.toCollection(TreeSet::new));

    assertTrue(asked.size() >= 7, asked::toString);
    asked.removeAll(present);
    assertEquals(Set.of(), asked);
  }
}
