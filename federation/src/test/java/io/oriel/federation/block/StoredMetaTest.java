package io.oriel.federation.block;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.model.error.CorruptionException;
import io.oriel.model.labels.Labels;
import io.oriel.testkit.Conformance;
import io.oriel.tsdb.block.BlockMeta;
import io.oriel.tsdb.block.Ulid;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class StoredMetaTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Ulid BLOCK = new Ulid("01KKS78P6B68DNJC87ZVPRGC3X");

  private static StoredMeta parse(String json) {
    return StoredMeta.parse("meta.json", json.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void readsWhatThanosWrites() {
    StoredMeta meta =
        parse(
            """
            {"version": 1, "ulid": "01KKS78P6B68DNJC87ZVPRGC3X", "minTime": 1, "maxTime": 2,
             "stats": {"numSamples": 5}, "compaction": {"level": 1},
             "thanos": {"version": 1, "labels": {"replica": "0", "cluster": "dev"},
               "downsample": {"resolution": 300000}, "source": "sidecar",
               "files": [{"rel_path": "chunks/000001", "size_bytes": 7}, {"rel_path": "meta.json"}],
               "index_stats": {"series_max_size": 3, "chunk_max_size": 4},
               "upload_time": "2026-08-22T10:11:12.5Z"}}
            """);

    assertEquals(
        new ThanosSection(
            Labels.of("cluster", "dev", "replica", "0"),
            300_000,
            "sidecar",
            List.of(
                new ThanosSection.BlockFile("chunks/000001", 7),
                new ThanosSection.BlockFile("meta.json", 0)),
            3,
            4,
            Optional.of(Instant.parse("2026-08-22T10:11:12.5Z"))),
        meta.thanos());
    assertEquals(5, meta.block().stats().samples());
  }

  @Test
  void keepsWhatItDoesNotKnow() {
    String json =
        """
        {"ulid":"01KKS78P6B68DNJC87ZVPRGC3X","minTime":1,"maxTime":2,"stats":{},\
        "compaction":{"level":2},"version":1,"novelty":{"a":[1,2]},\
        "thanos":{"version":1,"labels":{"a":"b"},"downsample":{"resolution":0},"source":"x",\
        "index_stats":{},"rewrites":[{"sources":["01KKS78P6B68DNJC87ZVPRGC3X"]}],\
        "extensions":{"parquet_migrated":true}}}""";

    StoredMeta again = parse(json).withThanos(parse(json).thanos().withLabels(Labels.of("a", "c")));

    assertEquals(JSON.readTree(json.replace("\"b\"", "\"c\"")), JSON.readTree(again.encode()));
  }

  @Test
  void writesAsThanosDoes() {
    BlockMeta block = BlockMeta.fresh(BLOCK, 0, 7_200_000, List.of());

    byte[] bytes =
        StoredMeta.of(block, ThanosSection.of(Labels.of("b", "2", "a", "1"), 0, "sidecar"))
            .encode();

    assertEquals(
        """
        {
        \t"ulid": "01KKS78P6B68DNJC87ZVPRGC3X",
        \t"minTime": 0,
        \t"maxTime": 7200000,
        \t"stats": {},
        \t"compaction": {
        \t\t"level": 1,
        \t\t"sources": [
        \t\t\t"01KKS78P6B68DNJC87ZVPRGC3X"
        \t\t]
        \t},
        \t"version": 1,
        \t"thanos": {
        \t\t"version": 1,
        \t\t"labels": {
        \t\t\t"a": "1",
        \t\t\t"b": "2"
        \t\t},
        \t\t"downsample": {
        \t\t\t"resolution": 0
        \t\t},
        \t\t"source": "sidecar",
        \t\t"index_stats": {}
        \t}
        }
        """,
        new String(bytes, StandardCharsets.UTF_8).replace(" : ", ": ").replace("{ }", "{}"));
  }

  @Test
  void refusesOtherVersionsAndNonsense() {
    assertThrows(CorruptionException.class, () -> parse("{\"version\": 2}"));
    assertThrows(CorruptionException.class, () -> parse(""));
    assertThrows(CorruptionException.class, () -> parse("[]"));
    assertThrows(CorruptionException.class, () -> parse("{\"version\": 1, \"ulid\": \"x\"}"));
    assertThrows(
        CorruptionException.class,
        () ->
            parse(
                "{\"version\": 1, \"ulid\": \"01KKS78P6B68DNJC87ZVPRGC3X\","
                    + " \"thanos\": {\"version\": 3}}"));
  }

  @Test
  void readsAndWritesMarks() {
    for (BlockMark.Kind kind : BlockMark.Kind.values()) {
      String reason = kind == BlockMark.Kind.DELETION ? "" : BlockMark.MANUAL;
      BlockMark mark = new BlockMark(kind, BLOCK, "why \"so\"", 1234, reason);
      assertEquals(mark, BlockMark.parse(kind, "mark", mark.encode()));
    }
    assertEquals(
        "{\"id\":\"01KKS78P6B68DNJC87ZVPRGC3X\",\"version\":1,\"deletion_time\":9}",
        new String(
            new BlockMark(BlockMark.Kind.DELETION, BLOCK, "", 9, "").encode(),
            StandardCharsets.UTF_8));
    assertThrows(
        CorruptionException.class,
        () -> BlockMark.parse(BlockMark.Kind.DELETION, "mark", new byte[] {'{'}));
  }

  @Test
  void readsUpstreamsMetas() throws IOException {
    Path root = Conformance.require("metrics/tsdb-blocks/thanos-snapshot");
    int read = 0;
    for (String block : List.of("01KKS78P6B68DNJC87ZVPRGC3X", "01KKS78PKKR6BQ0SQ5BARRTAKC")) {
      byte[] content = Files.readAllBytes(root.resolve(block).resolve("meta.json"));
      StoredMeta meta = StoredMeta.parse(block, content);
      assertEquals(Labels.of("prometheus", "test", "replica", "0"), meta.thanos().labels());
      assertTrue(JSON.readTree(meta.encode()).has("thanos"));
      read++;
    }
    System.out.println("thanos meta.json: " + read + " passed");
  }
}
