package io.oriel.federation.upload;

import io.oriel.disk.Disk;
import io.oriel.disk.DurableFile;
import io.oriel.tsdb.block.Ulid;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `oriel.early.json`, version 1: the early blocks of this data directory that are, or may be, in
/// the bucket. Losing it leaves them to the compactor.
final class EarlyState {
  static final String FILE = "oriel.early.json";

  private static final Logger LOG = LoggerFactory.getLogger(EarlyState.class);
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private EarlyState() {}

  /// How far a block is.
  enum Phase {
    /** It is being uploaded, or that was cut short. */
    PLANNED,
    UPLOADED,
    /** Its `meta.json` is gone, so it is no block any more; its files stay for a while. */
    RETIRED
  }

  /// An early block.
  ///
  /// @param maxMillis exclusive
  /// @param retiredMillis when it was retired, Unix milliseconds; zero before
  record Entry(Ulid ulid, long minMillis, long maxMillis, Phase phase, long retiredMillis) {
    static Entry planned(Ulid ulid, long minMillis, long maxMillis) {
      return new Entry(ulid, minMillis, maxMillis, Phase.PLANNED, 0);
    }

    Entry uploaded() {
      return new Entry(ulid, minMillis, maxMillis, Phase.UPLOADED, 0);
    }

    Entry retired(long nowMillis) {
      return new Entry(ulid, minMillis, maxMillis, Phase.RETIRED, nowMillis);
    }
  }

  static List<Entry> read(Disk disk, Path file) {
    List<Entry> entries = new ArrayList<>();
    if (!disk.exists(file)) {
      return entries;
    }
    try {
      for (JsonNode one : JSON.readTree(disk.read(file)).path("blocks")) {
        entries.add(
            new Entry(
                new Ulid(one.path("ulid").asString("")),
                one.path("min_time").asLong(),
                one.path("max_time").asLong(),
                Phase.valueOf(one.path("phase").asString("")),
                one.path("retired").asLong(0)));
      }
    } catch (IOException | JacksonException | IllegalArgumentException e) {
      LOG.atWarn()
          .addKeyValue("file", file)
          .setCause(e)
          .log("cannot read which early blocks there are; leaving them to the compactor");
      entries.clear();
    }
    return entries;
  }

  static void write(Disk disk, Path file, List<Entry> entries) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeNumberProperty("version", 1);
      json.writeArrayPropertyStart("blocks");
      for (Entry entry : entries) {
        json.writeStartObject();
        json.writeStringProperty("ulid", entry.ulid().text());
        json.writeNumberProperty("min_time", entry.minMillis());
        json.writeNumberProperty("max_time", entry.maxMillis());
        json.writeStringProperty("phase", entry.phase().name());
        json.writeNumberProperty("retired", entry.retiredMillis());
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    DurableFile.write(disk, file, bytes.toByteArray());
  }
}
