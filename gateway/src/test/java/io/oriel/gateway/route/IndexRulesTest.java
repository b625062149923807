package io.oriel.gateway.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
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

  private String untold(String cluster, String index) {
    return rules
        .target(new ClusterIdentity(cluster, "dev", "CN=x", "1"), index)
        .map(IndexRules.Target::index)
        .orElse("");
  }

  @Test
  void whatAShipperCallsItsIndexWhenNobodyToldItIsTheClustersOwn() {
    for (String index :
        List.of(
            "filebeat-7.17.29",
            "filebeat-7.17.29-2026.11.28",
            "filebeat-7.17.29-2026.11.28-000001",
            "filebeat-8.17.0",
            "filebeat-9.0.0-snapshot")) {
      assertEquals("logs-dev-01-filebeat", untold("dev-01", index));
      assertEquals("logs-prod-01-filebeat", untold("prod-01", index));
    }
    assertEquals("logs-dev-01-fluent-bit", untold("dev-01", "fluent-bit"));
    for (String index :
        List.of(
            "logstash",
            "ecs-logstash",
            "logstash-2026.11.28",
            "ecs-logstash-2026.11.28",
            "logstash-2026.11.28-000001")) {
      assertEquals("logs-dev-01-logstash", untold("dev-01", index));
    }
    assertEquals("logs-dev-01-generic", untold("dev-01", "logs-generic-default"));
  }

  @Test
  void namesThatOnlyLookLikeItAreNobodys() {
    for (String index :
        List.of(
            "filebeat",
            "filebeat-",
            "filebeat-8",
            "filebeat-8.1",
            "filebeat-prod-01",
            "filebeat-8.17.0,logs-prod-01-x",
            "filebeat-8.17.0*",
            "Filebeat-8.17.0",
            ".filebeat-8.17.0",
            "xfilebeat-8.17.0",
            "fluent-bit-x",
            "logstash-prod-01",
            "logstash-2026",
            "ecs-logstash-2026.11.28-x",
            "logs-generic",
            "logs-generic-prod",
            "logs-prod-default")) {
      assertEquals("", untold("dev-01", index), index);
    }
  }

  @Test
  void anOwnNameIsNotTheOneOfALongerCluster() {
    IndexRules twins = IndexRules.standard(Set.of("dev", "dev-filebeat"));

    assertEquals(
        java.util.Optional.empty(),
        twins.target(new ClusterIdentity("dev", "dev", "CN=x", "1"), "filebeat-8.17.0"));
  }

  @Test
  void whoHasPatternsOfHisOwnDecidesWhatFilebeatsNameIs() {
    ClusterIdentity client = new ClusterIdentity("dev-01", "dev", "CN=x", "1");
    IndexRules kept = new IndexRules(List.of("filebeat-*"), List.of(), Set.of());
    IndexRules other = new IndexRules(List.of("app-{cluster}-*"), List.of(), Set.of());

    assertEquals("filebeat-8.17.0", kept.target(client, "filebeat-8.17.0").orElseThrow().index());
    assertEquals(java.util.Optional.empty(), other.target(client, "filebeat-8.17.0"));
  }
}
