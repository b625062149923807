package io.oriel.tsdb.block;

import io.oriel.disk.Disk;
import io.oriel.disk.DurableFile;
import io.oriel.model.error.CorruptionException;
import io.oriel.model.error.OrielException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `meta.json`, version 1, indented with tabs as upstream writes it. Unknown members, such as
/// Thanos' own, are ignored.
public final class MetaFile {
  private static final String FILE = "meta.json";
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final DefaultIndenter TABS = new DefaultIndenter("\t", "\n");

  private MetaFile() {}

  /// Whether {@code directory} has one, without which it is no complete block.
  public static boolean exists(Disk disk, Path directory) {
    return disk.exists(directory.resolve(FILE));
  }

  /// Reads the file in {@code directory}.
  ///
  /// @throws CorruptionException when it is not what it should be
  public static BlockMeta read(Disk disk, Path directory) throws IOException {
    Path file = directory.resolve(FILE);
    return parse(file.toString(), disk.read(file));
  }

  /// What the content of such a file says.
  ///
  /// @param name what errors call it
  /// @throws CorruptionException when it is not what it should be
  public static BlockMeta parse(String name, byte[] content) {
    try {
      JsonNode root = JSON.readTree(content);
      int version = root.path("version").asInt();
      if (version != 1) {
        throw new CorruptionException(name, -1, "version: got " + version + ", want 1");
      }
      return read(root);
    } catch (JacksonException e) {
      throw new CorruptionException(name, -1, "no JSON: " + e.getOriginalMessage());
    } catch (CorruptionException e) {
      throw e;
    } catch (OrielException e) {
      throw new CorruptionException(name, -1, e.reason());
    }
  }

  private static BlockMeta read(JsonNode root) {
    JsonNode stats = root.path("stats");
    JsonNode compaction = root.path("compaction");
    List<Ulid> sources = new ArrayList<>();
    compaction.path("sources").forEach(source -> sources.add(new Ulid(source.asString())));
    List<BlockMeta.Parent> parents = new ArrayList<>();
    compaction
        .path("parents")
        .forEach(
            parent ->
                parents.add(
                    new BlockMeta.Parent(
                        new Ulid(parent.path("ulid").asString()),
                        parent.path("minTime").asLong(),
                        parent.path("maxTime").asLong())));
    List<String> hints = new ArrayList<>();
    compaction.path("hints").forEach(hint -> hints.add(hint.asString()));
    return new BlockMeta(
        new Ulid(root.path("ulid").asString()),
        root.path("minTime").asLong(),
        root.path("maxTime").asLong(),
        new BlockMeta.Stats(
            stats.path("numSamples").asLong(0),
            stats.path("numFloatSamples").asLong(0),
            stats.path("numHistogramSamples").asLong(0),
            stats.path("numSeries").asLong(0),
            stats.path("numChunks").asLong(0),
            stats.path("numTombstones").asLong(0)),
        compaction.path("level").asInt(1),
        sources,
        parents,
        compaction.path("deletable").asBoolean(false),
        compaction.path("failed").asBoolean(false),
        hints);
  }

  /// Writes the file into {@code directory}, durably.
  public static void write(Disk disk, Path directory, BlockMeta meta) throws IOException {
    DurableFile.write(disk, directory.resolve(FILE), encode(meta));
  }

  /// The content of the file.
  public static byte[] encode(BlockMeta meta) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DefaultPrettyPrinter printer =
        new DefaultPrettyPrinter().withObjectIndenter(TABS).withArrayIndenter(TABS);
    try (JsonGenerator json = JSON.writer().with(printer).createGenerator(bytes)) {
      json.writeStartObject();
      json.writeStringProperty("ulid", meta.ulid().text());
      json.writeNumberProperty("minTime", meta.minMillis());
      json.writeNumberProperty("maxTime", meta.maxMillis());
      writeStats(json, meta.stats());
      writeCompaction(json, meta);
      json.writeNumberProperty("version", 1);
      json.writeEndObject();
    }
    return bytes.toByteArray();
  }

  private static void writeStats(JsonGenerator json, BlockMeta.Stats stats) {
    json.writeObjectPropertyStart("stats");
    number(json, "numSamples", stats.samples());
    number(json, "numFloatSamples", stats.floatSamples());
    number(json, "numHistogramSamples", stats.histogramSamples());
    number(json, "numSeries", stats.series());
    number(json, "numChunks", stats.chunks());
    number(json, "numTombstones", stats.tombstones());
    json.writeEndObject();
  }

  private static void number(JsonGenerator json, String name, long value) {
    if (value != 0) {
      json.writeNumberProperty(name, value);
    }
  }

  private static void writeCompaction(JsonGenerator json, BlockMeta meta) {
    json.writeObjectPropertyStart("compaction");
    json.writeNumberProperty("level", meta.level());
    if (!meta.sources().isEmpty()) {
      json.writeArrayPropertyStart("sources");
      meta.sources().forEach(source -> json.writeString(source.text()));
      json.writeEndArray();
    }
    if (meta.deletable()) {
      json.writeBooleanProperty("deletable", true);
    }
    if (!meta.parents().isEmpty()) {
      json.writeArrayPropertyStart("parents");
      for (BlockMeta.Parent parent : meta.parents()) {
        json.writeStartObject();
        json.writeStringProperty("ulid", parent.ulid().text());
        json.writeNumberProperty("minTime", parent.minMillis());
        json.writeNumberProperty("maxTime", parent.maxMillis());
        json.writeEndObject();
      }
      json.writeEndArray();
    }
    if (meta.failed()) {
      json.writeBooleanProperty("failed", true);
    }
    if (!meta.hints().isEmpty()) {
      json.writeArrayPropertyStart("hints");
      meta.hints().forEach(json::writeString);
      json.writeEndArray();
    }
    json.writeEndObject();
  }
}
