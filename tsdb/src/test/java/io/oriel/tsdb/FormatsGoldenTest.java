package io.oriel.tsdb;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.oriel.disk.FileDisk;
import io.oriel.model.labels.Labels;
import io.oriel.model.series.AppendOutcome;
import io.oriel.model.series.Appender;
import io.oriel.tsdb.block.BlockMeta;
import io.oriel.tsdb.bulk.BulkWriter;
import io.oriel.tsdb.bulk.SampleSource;
import io.oriel.tsdb.wal.Wal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The worked examples of `docs/formats` are what is written.
class FormatsGoldenTest {
  private static final Labels SERIES = Labels.of("__name__", "up", "job", "a");
  private static final TsdbOptions OPTIONS =
      new TsdbOptions(
          Duration.ofHours(2),
          Duration.ofHours(36),
          Duration.ZERO,
          0,
          0,
          Wal.Compression.NONE,
          false,
          0,
          0,
          Duration.ofMinutes(30));

  @TempDir private Path directory;

  private final Tsdb.Parts parts =
      new Tsdb.Parts(
          new FileDisk(), () -> Instant.ofEpochMilli(1_700_000_000_000L), new SplittableRandom(1));

  private static void put(Tsdb db, double value, long... times) throws IOException {
    try (Appender appender = db.appender()) {
      for (long time : times) {
        assertEquals(AppendOutcome.APPENDED, appender.append(appender.series(SERIES), time, value));
      }
      appender.commit();
    }
  }

  private Tsdb open() throws IOException {
    return Tsdb.open(directory, parts, OPTIONS, _ -> {});
  }

  private byte[] bytes(String file) throws IOException {
    return Files.readAllBytes(directory.resolve(file));
  }

  private static void record(HexDump dump) {
    dump.number(1, "fragment type, 1 = whole record; no compression");
    long length = dump.number(2, "length");
    dump.raw(4, "CRC-32C of the record");
    int end = dump.position() + (int) length;
    long type = dump.number(1, "record type");
    if (type == 1) {
      dump.number(8, "series reference");
      long labels = dump.uvarint("labels");
      for (int i = 0; i < 2 * labels; i++) {
        dump.text((int) dump.uvarint("length"), i % 2 == 0 ? "name" : "value");
      }
      return;
    }
    if (type == 5) {
      dump.number(8, "series reference");
      dump.raw(8, "chunk: file in the upper, offset in the lower half");
      return;
    }
    dump.number(8, "first series reference");
    dump.number(8, "first time");
    while (dump.position() < end) {
      dump.varint("reference, from the first");
      dump.varint("time, from the first");
      dump.float64("value");
    }
  }

  @Test
  void wal() throws IOException {
    try (Tsdb db = open()) {
      put(db, 1.5, 1000, 1015);
    }
    HexDump dump = new HexDump(bytes("wal/00000000"), 0);
    while (dump.hasMore()) {
      dump.title("record at " + dump.position());
      record(dump);
    }
    HexDump.assertDocumented("wal.md", dump.toString());
  }

  @Test
  void wbl() throws IOException {
    int before;
    try (Tsdb db = open()) {
      put(db, 1, 60_000);
      long[] late = new long[32];
      for (int i = 0; i < late.length; i++) {
        late[i] = 1000L * i;
      }
      put(db, 1, late);
      before = bytes("wbl/00000000").length;
      put(db, 2, 32_500);
    }
    HexDump dump = new HexDump(bytes("wbl/00000000"), before);
    while (dump.hasMore()) {
      dump.title("record at " + dump.position());
      record(dump);
    }
    HexDump.assertDocumented("wbl.md", dump.toString());
  }

  @Test
  void chunksHead() throws IOException {
    try (Tsdb db = open()) {
      for (int i = 0; i <= 120; i++) {
        put(db, 7, 15_000L * i);
      }
    }
    HexDump dump = new HexDump(bytes("chunks_head/000001"), 0);
    dump.raw(4, "magic").number(1, "version");
    dump.raw(3, "padding").title("chunk");
    dump.number(8, "series reference");
    dump.number(8, "first time");
    dump.number(8, "last time");
    dump.number(1, "encoding, XOR; bit 7: out of order");
    chunkData(dump, (int) dump.uvarint("length of the data"));
    dump.raw(4, "CRC-32C from the series reference on");
    HexDump.assertDocumented("chunks_head.md", dump.toString());
  }

  private static void chunkData(HexDump dump, int length) {
    int end = dump.position() + length;
    dump.number(2, "samples");
    dump.varint("first time");
    dump.float64("first value");
    dump.uvarint("second time, from the first");
    dump.raw(end - dump.position(), "bits: values and differences of time differences");
  }

  private BlockMeta block() throws IOException {
    SampleSource source =
        sink -> {
          sink.sample(SERIES, 1000, 1.5);
          sink.sample(SERIES, 16_000, 1.5);
          sink.sample(SERIES, 31_001, 2);
        };
    return new BulkWriter(
            parts.disk(), directory, parts.clock(), parts.random(), Duration.ofHours(2))
        .write(source, _ -> {})
        .getFirst();
  }

  @Test
  void chunks() throws IOException {
    HexDump dump = new HexDump(bytes(block().ulid().text() + "/chunks/000001"), 0);
    dump.raw(4, "magic").number(1, "version");
    dump.raw(3, "padding").title("chunk");
    int length = (int) dump.uvarint("length of the data");
    dump.number(1, "encoding, XOR");
    chunkData(dump, length);
    dump.raw(4, "CRC-32C of encoding and data");
    HexDump.assertDocumented("chunks.md", dump.toString());
  }

  @Test
  void index() throws IOException {
    byte[] bytes = bytes(block().ulid().text() + "/index");
    ByteBuffer contents = ByteBuffer.wrap(bytes, bytes.length - 52, 48);
    String[] names = {
      "symbols", "series", "label indices", "label offsets", "postings", "postings offsets"
    };
    long[] starts = new long[names.length];
    for (int i = 0; i < starts.length; i++) {
      starts[i] = contents.getLong();
    }
    HexDump dump = new HexDump(bytes, 0);
    dump.raw(4, "magic").number(1, "version");
    while (dump.position() < bytes.length - 52) {
      String here = "padding";
      long end = bytes.length - 52L;
      for (int i = 0; i < starts.length; i++) {
        if (starts[i] == dump.position()) {
          here = names[i];
        } else if (starts[i] > dump.position()) {
          end = Math.min(end, starts[i]);
        }
      }
      dump.title(here);
      dump.raw((int) end - dump.position(), "");
    }
    dump.title("table of contents");
    for (String name : names) {
      dump.number(8, name);
    }
    dump.raw(4, "CRC-32C of the table of contents");
    HexDump.assertDocumented("index.md", dump.toString());
  }

  @Test
  void blockDirectory() throws IOException {
    Path block = directory.resolve(block().ulid().text());
    StringBuilder example = new StringBuilder();
    try (Stream<Path> files = Files.walk(block)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        example
            .append(directory.relativize(file))
            .append("  ")
            .append(Files.size(file))
            .append(" bytes\n");
      }
    }
    HexDump dump = new HexDump(Files.readAllBytes(block.resolve("tombstones")), 0);
    dump.title("tombstones");
    dump.raw(4, "magic").number(1, "version");
    dump.raw(4, "CRC-32C of what lies between");
    example.append('\n').append(dump).append("\n# meta.json\n");
    List<String> meta = Files.readAllLines(block.resolve("meta.json"), StandardCharsets.UTF_8);
    example.append(String.join("\n", meta)).append('\n');
    HexDump.assertDocumented("block.md", example.toString());
  }
}
