package io.oriel.federation.block;

import io.oriel.model.error.CorruptionException;
import io.oriel.model.labels.Labels;
import io.oriel.tsdb.block.BlockMeta;
import io.oriel.tsdb.block.MetaFile;
import io.oriel.tsdb.block.Ulid;
import java.io.ByteArrayOutputStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A block's `meta.json` as it lies in a bucket: Prometheus' members, Thanos' section, and members
/// that we do not know, which are written again as they were read. Immutable and thread-safe.
public final class StoredMeta {
  /** The name of the file. */
  public static final String FILE = "meta.json";

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final DefaultIndenter TABS = new DefaultIndenter("\t", "\n");
  private static final String NO_TIME = "0001-01-01T00:00:00Z";

  private final BlockMeta block;
  private final ThanosSection thanos;

  /** The file as it was read; never changed. */
  private final ObjectNode original;

  private StoredMeta(BlockMeta block, ThanosSection thanos, ObjectNode original) {
    this.block = block;
    this.thanos = thanos;
    this.original = original;
  }

  /// What is to be written of a new block.
  public static StoredMeta of(BlockMeta block, ThanosSection thanos) {
    return new StoredMeta(block, thanos, JSON.createObjectNode());
  }

  /// Reads a file's content.
  ///
  /// @param name what errors call it
  /// @throws CorruptionException when it is not what it should be
  public static StoredMeta parse(String name, byte[] content) {
    BlockMeta block = MetaFile.parse(name, content);
    try {
      ObjectNode root = (ObjectNode) JSON.readTree(content);
      JsonNode section = root.path("thanos");
      int version = section.path("version").asInt(1);
      if (version != 1 && version != 0) {
        throw new CorruptionException(
            name, -1, "version of the thanos section: got " + version + ", want 1");
      }
      return new StoredMeta(block, section(section), root);
    } catch (JacksonException e) {
      throw new CorruptionException(name, -1, "thanos section: " + e.getOriginalMessage());
    } catch (DateTimeException e) {
      throw new CorruptionException(name, -1, "upload_time: " + e.getMessage());
    }
  }

  private static ThanosSection section(JsonNode in) {
    List<String> pairs = new ArrayList<>();
    for (Map.Entry<String, JsonNode> label : in.path("labels").properties()) {
      pairs.add(label.getKey());
      pairs.add(label.getValue().asString());
    }
    List<ThanosSection.BlockFile> files = new ArrayList<>();
    for (JsonNode file : in.path("files")) {
      files.add(
          new ThanosSection.BlockFile(
              file.path("rel_path").asString(""), file.path("size_bytes").asLong(0)));
    }
    String time = in.path("upload_time").asString("");
    return new ThanosSection(
        Labels.of(pairs.toArray(String[]::new)),
        in.path("downsample").path("resolution").asLong(0),
        in.path("source").asString(""),
        files,
        in.path("index_stats").path("series_max_size").asLong(0),
        in.path("index_stats").path("chunk_max_size").asLong(0),
        time.isEmpty() || time.equals(NO_TIME)
            ? Optional.empty()
            : Optional.of(Instant.parse(time)));
  }

  public BlockMeta block() {
    return block;
  }

  public ThanosSection thanos() {
    return thanos;
  }

  public Ulid ulid() {
    return block.ulid();
  }

  /// Whether the file has a `thanos` section, without which nobody knows whose block it is.
  public boolean hasThanosSection() {
    return original.has("thanos") || !thanos.labels().isEmpty();
  }

  /// The same block with another Thanos section; what we do not know of the old one is kept.
  public StoredMeta withThanos(ThanosSection section) {
    return new StoredMeta(block, section, original);
  }

  /// What names the stream that the block belongs to: resolution and external labels. Blocks of one
  /// group may be compacted with one another.
  public String group() {
    return thanos.resolutionMillis() + "@" + thanos.labels();
  }

  /// The file's content, indented with tabs as upstream's.
  public byte[] encode() {
    ObjectNode root = (ObjectNode) JSON.readTree(MetaFile.encode(block));
    for (Map.Entry<String, JsonNode> known : original.properties()) {
      if (!root.has(known.getKey())) {
        root.set(known.getKey(), known.getValue());
      }
    }
    root.set("thanos", encodeSection());
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DefaultPrettyPrinter printer =
        new DefaultPrettyPrinter().withObjectIndenter(TABS).withArrayIndenter(TABS);
    try (JsonGenerator json = JSON.writer().with(printer).createGenerator(bytes)) {
      json.writePOJO(root);
    }
    bytes.write('\n');
    return bytes.toByteArray();
  }

  private ObjectNode encodeSection() {
    ObjectNode out =
        original.get("thanos") instanceof ObjectNode old ? old.deepCopy() : JSON.createObjectNode();
    ObjectNode known = JSON.createObjectNode();
    known.put("version", 1);
    ObjectNode labels = known.putObject("labels");
    thanos.labels().toMap().forEach(labels::put);
    known.putObject("downsample").put("resolution", thanos.resolutionMillis());
    known.put("source", thanos.source());
    if (!thanos.files().isEmpty()) {
      encodeFiles(known.putArray("files"));
    }
    ObjectNode stats = known.putObject("index_stats");
    if (thanos.seriesMaxBytes() > 0) {
      stats.put("series_max_size", thanos.seriesMaxBytes());
    }
    if (thanos.chunkMaxBytes() > 0) {
      stats.put("chunk_max_size", thanos.chunkMaxBytes());
    }
    thanos.uploadTime().ifPresent(time -> known.put("upload_time", time.toString()));
    for (Map.Entry<String, JsonNode> foreign : out.properties()) {
      if (!known.has(foreign.getKey())) {
        known.set(foreign.getKey(), foreign.getValue());
      }
    }
    return known;
  }

  private void encodeFiles(ArrayNode out) {
    for (ThanosSection.BlockFile file : thanos.files()) {
      ObjectNode entry = out.addObject().put("rel_path", file.path());
      if (file.sizeBytes() > 0) {
        entry.put("size_bytes", file.sizeBytes());
      }
    }
  }

  @Override
  public String toString() {
    return block.ulid() + " [" + block.minMillis() + ", " + block.maxMillis() + ")";
  }
}
