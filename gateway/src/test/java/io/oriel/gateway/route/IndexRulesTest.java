package io.oriel.gateway.route;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.gateway.identity.ClusterIdentity;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class IndexRulesTest {
  private final IndexRules rules = IndexRules.standard(Set.of("dev", "dev-01", "prod-01"));

  private boolean mayAdd(String cluster, String index) {
    return rules
        .target(new ClusterIdentity(cluster, "dev", "CN=x", "1"), index)
        .filter(target -> target.index().equals(index))
        .isPresent();
  }

  @Test
  void aClusterWritesItsOwnIndices() {
    assertTrue(mayAdd("dev-01", "logs-dev-01"));
    assertTrue(mayAdd("dev-01", "logs-dev-01-default"));
    assertTrue(mayAdd("dev-01", "logs-dev-01-kube-system-2026.11.27"));
  }

  @Test
  void andNobodyElses() {
    for (String index :
        List.of(
            "logs-prod-01-default",
            "logs-dev-0",
            "logs-dev-011",
            "logs-dev-02-x",
            "filebeat-8.1",
            ".ds-logs-dev-01-000001",
            ".kibana",
            "logs-dev-01-*",
            "logs-dev-01-x,logs-prod-01-x",
            "<logs-dev-01-{now/d}>",
            "-logs-dev-01-x",
            "LOGS-dev-01-x",
            "logs-dev-01-x/../logs-prod-01-x",
            "_all",
            "*",
            "")) {
      assertFalse(mayAdd("dev-01", index), index);
    }
  }

  @Test
  void aNameThatStartsLikeAnothersIsNotTheOthers() {
    assertTrue(mayAdd("dev", "logs-dev-default"));
    assertFalse(mayAdd("dev", "logs-dev-01-default"));
    assertFalse(mayAdd("dev", "logs-dev-01"));
  }

  @Test
  void spansAreAddedToSharedIndices() {
    assertTrue(mayAdd("dev-01", "jaeger-span-2026-11-27"));
    assertTrue(mayAdd("dev-01", "jaeger-dev-jaeger-service-2026-11-27"));
    assertFalse(mayAdd("dev-01", "jaeger-prod-jaeger-span-2026-11-27"));
    assertFalse(mayAdd("dev-01", "jaeger-other"));
  }

  @Test
  void spansAreAddedToDataStreamsOfTheOwnPrefix() {
    for (String stream :
        List.of(
            "jaeger.spans",
            "jaeger.services",
            "jaeger.dependencies",
            "jaeger-dev.jaeger.spans",
            "jaeger-dev.jaeger.dependencies",
            "jaeger-dev-01.jaeger.services")) {
      assertTrue(mayAdd("dev-01", stream), stream);
    }
  }

  @Test
  void andToNobodyElses() {
    for (String stream :
        List.of(
            "jaeger-prod.jaeger.spans",
            "jaeger-prod-01.jaeger.spans",
            "prod.jaeger.spans",
            "jaeger-dev.jaeger.other",
            "jaeger-dev.jaeger.jaeger.spans",
            "jaeger-dev.jaeger.spans-x",
            "jaeger-devxjaeger.spans",
            ".ds-jaeger-dev.jaeger.spans-000001",
            "jaeger.spans,jaeger-prod.jaeger.spans")) {
      assertFalse(mayAdd("dev-01", stream), stream);
    }
  }

  @Test
  void patternsHaveAnyNumberOfStars() {
    IndexRules own = new IndexRules(List.of("*-{cluster}-*x*"), List.of(), Set.of());
    ClusterIdentity client = new ClusterIdentity("a", "e", "", "");

    assertTrue(own.target(client, "p-a-q-x").isPresent());
    assertTrue(own.target(client, "p-a-a-xyz").isPresent());
    assertFalse(own.target(client, "p-b-x").isPresent());
  }
}
