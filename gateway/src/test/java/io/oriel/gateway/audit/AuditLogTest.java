package io.oriel.gateway.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.gateway.identity.ClusterIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditLogTest {
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-11-27T10:00:00Z"));

  @TempDir private Path directory;

  private static AuditEvent event(String object, String reason) {
    return new AuditEvent(
        "bulk",
        AuditEvent.Outcome.FAILURE,
        Optional.of(new ClusterIdentity("dev-01", "dev", "CN=ship", "a1")),
        "10.0.0.1:5",
        object,
        reason);
  }

  @Test
  void writesOneObjectALine() throws IOException {
    Path file = directory.resolve("audit.log");
    try (AuditLog log = AuditLog.open(file, 1 << 20, CLOCK)) {
      log.write(event("logs-prod-01-x", "may\nnot"));
      log.write(new AuditEvent("otlp", AuditEvent.Outcome.SUCCESS, Optional.empty(), "s", "", ""));
    }

    assertEquals(
        """
        {"@timestamp":"2026-11-27T10:00:00Z","event.action":"bulk","event.outcome":"failure",\
        "cluster":"dev-01","client.subject":"CN=ship","client.serial":"a1",\
        "source.address":"10.0.0.1:5","object":"logs-prod-01-x","reason":"may\\nnot"}
        {"@timestamp":"2026-11-27T10:00:00Z","event.action":"otlp","event.outcome":"success",\
        "source.address":"s"}
        """,
        Files.readString(file));
  }

  @Test
  void beginsANewFileWhenItIsFullAndKeepsFive() throws IOException {
    Path file = directory.resolve("audit.log");
    try (AuditLog log = AuditLog.open(file, 300, CLOCK)) {
      for (int i = 0; i < 20; i++) {
        log.write(event("o" + i, "r"));
      }
    }

    assertTrue(Files.readString(file).contains("\"o19\""));
    assertTrue(Files.exists(directory.resolve("audit.log.5")));
    assertFalse(Files.exists(directory.resolve("audit.log.6")));
    assertTrue(Files.size(file) <= 300);
  }

  @Test
  void goesOnWhereItWas() throws IOException {
    Path file = directory.resolve("audit.log");
    for (int i = 0; i < 2; i++) {
      try (AuditLog log = AuditLog.open(file, 1 << 20, CLOCK)) {
        log.write(event("o" + i, "r"));
      }
    }

    assertEquals(2, Files.readAllLines(file).size());
  }
}
