package io.oriel.federation.frontend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.federation.frontend.FrontedQuery.Fault;
import io.oriel.model.labels.Labels;
import io.oriel.runtime.config.ConfigException;
import io.oriel.runtime.http.HttpResult;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class QueryFrontendTest {
  private static final long ORIGIN = 1_699_999_200_000L;
  private static final String HOUR = FrontedQuery.range("up", ORIGIN, ORIGIN + 3_599_000, 60_000);
  private FrontedQuery query;

  @BeforeEach
  void start() throws IOException, InterruptedException {
    query =
        new FrontedQuery(
            new FrontendSettings.Range(
                Duration.ofMinutes(10),
                true,
                3,
                Duration.ofHours(2),
                4,
                true,
                Optional.of(new CacheConfig(1 << 20, Duration.ZERO)),
                Duration.ofMinutes(1),
                2));
    query.now.set(ORIGIN + 7_200_000);
    for (int i = 0; i < 240; i++) {
      for (String job : List.of("a", "b", "c")) {
        query.series.add(Labels.of("__name__", "up", "job", job), ORIGIN + i * 15_000L, i);
      }
    }
  }

  @AfterEach
  void stop() {
    query.close();
  }

  private void assertLikeDirect(String target) throws IOException, InterruptedException {
    assertEquals(query.direct(target).text(), query.fronted(target).text());
  }

  @Test
  void splitsThenRemembers() throws IOException, InterruptedException {
    assertLikeDirect(HOUR);
    assertEquals(6, query.requests.getAndSet(0));
    assertLikeDirect(HOUR);
    assertEquals(0, query.requests.get());
    assertLikeDirect(FrontedQuery.range("up", ORIGIN + 60_000, ORIGIN + 4_200_000, 60_000));
    assertEquals(2, query.requests.get());
  }

  @Test
  void shardsWhatMayBeSharded() throws IOException, InterruptedException {
    assertLikeDirect(FrontedQuery.range("sum by (job) (up)", ORIGIN, ORIGIN + 300_000, 60_000));
    assertEquals(2, query.requests.getAndSet(0));
    assertLikeDirect(FrontedQuery.range("sum(up)", ORIGIN, ORIGIN + 300_000, 60_000));
    assertEquals(1, query.requests.get());
    String sharded =
        "&shard_info=%7B%22shard_index%22%3AINDEX%2C%22total_shards%22%3A2%2C%22by%22%3Atrue"
            + "%2C%22labels%22%3A%5B%22job%22%5D%7D";
    String up = FrontedQuery.range("up", ORIGIN, ORIGIN, 60_000);
    int found = 0;
    for (String index : List.of("0", "1")) {
      String part = query.direct(up + sharded.replace("INDEX", index)).text();
      found += part.split("\"metric\"", -1).length - 1;
    }
    assertEquals(3, found);
    assertEquals(400, query.direct(up + sharded.replace("INDEX", "2")).status());
    assertEquals(400, query.direct(up + "&shard_info=7").status());
  }

  @Test
  void remembersNothingIncomplete() throws IOException, InterruptedException {
    for (Fault fault : List.of(Fault.PARTIAL, Fault.SILENT)) {
      query.fault = fault;
      HttpResult partial = query.fronted(HOUR);
      assertFalse(partial.text().contains("metric"), partial.text());
      assertEquals(fault == Fault.PARTIAL, partial.text().contains("\"store is down\""));
      assertEquals("no-store", partial.header("cache-control"));
      query.fault = Fault.NONE;
    }
    assertLikeDirect(HOUR);
  }

  @Test
  void asksAgainWhenTheQueryFails() throws IOException, InterruptedException {
    query.fault = Fault.ONCE;
    assertLikeDirect(HOUR);
    assertEquals(7, query.requests.getAndSet(0));
    query.fault = Fault.DOWN;
    String other = FrontedQuery.range("up", ORIGIN, ORIGIN, 30_000);
    HttpResult down = query.fronted(other);
    assertEquals(503, down.status());
    assertEquals("down", down.text());
    assertEquals(3, query.requests.get());
    query.fault = Fault.NONE;
    assertLikeDirect(other);
  }

  @Test
  void passesEverythingElseOn() throws IOException, InterruptedException {
    HttpResult echo = query.fronted("/api/v1/echo?a=1&b=x%2By");
    assertEquals(418, echo.status());
    assertEquals("/api/v1/echo?a=1&b=x%2By", echo.text());
    assertEquals("yes", echo.header("x-own"));
    assertLikeDirect("/api/v1/query?query=up&time=" + ORIGIN / 1000);
    assertLikeDirect("/api/v1/query_range?query=up");
    assertLikeDirect(HOUR + "&limit=1");
    assertLikeDirect(FrontedQuery.range("up @ end()", ORIGIN, ORIGIN + 3_599_000, 60_000));
    assertEquals(5, query.requests.get());
  }

  @Test
  void refusesTooLongRanges() throws IOException, InterruptedException {
    HttpResult refused =
        query.fronted(FrontedQuery.range("up", ORIGIN, ORIGIN + 8_000_000, 60_000));
    assertEquals(400, refused.status());
    assertTrue(refused.text().contains("exceeds the limit"), refused.text());
    assertEquals(0, query.requests.get());
  }

  @Test
  void cacheConfig() {
    assertEquals(
        new CacheConfig(1 << 20, Duration.ofMinutes(5)),
        CacheConfig.parse("x", "type: IN-MEMORY\nconfig: {max_size: 1MiB, validity: 5m}\n"));
    for (String bad :
        List.of(
            "type: REDIS\nconfig: {addr: localhost}\n",
            "type: IN-MEMORY\nconfig: {}\n",
            "type: IN-MEMORY\nconfig: {max_size: 1MB, max_size_items: 5}\n")) {
      ConfigException e =
          assertThrows(ConfigException.class, () -> CacheConfig.parse("cache.yml", bad));
      assertTrue(String.valueOf(e.getMessage()).contains("want"), e::toString);
    }
  }
}
