package io.oriel.federation.block;

import io.oriel.model.error.CorruptionException;
import io.oriel.tsdb.block.Ulid;
import java.io.ByteArrayOutputStream;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A note beside a block about what shall or shall not be done with it; version 1 of Thanos' marks.
///
/// @param details for people
/// @param unixSeconds when the block was marked
/// @param reason one word, `manual`; empty on deletion marks, which have none
public record BlockMark(Kind kind, Ulid ulid, String details, long unixSeconds, String reason) {
  /** Somebody wanted it so. */
  public static final String MANUAL = "manual";

  /** Its index would become too large. */
  public static final String INDEX_SIZE_EXCEEDING = "index-size-exceeding";

  /** Its chunks are not in order, so nothing can be merged with it. */
  public static final String OUT_OF_ORDER_CHUNKS = "block-index-out-of-order-chunk";

  /** It is downsampled and overlaps others, and aggregates cannot be merged. */
  public static final String DOWNSAMPLE_VERTICAL = "downsample-vertical-compaction";

  private static final JsonMapper JSON = JsonMapper.builder().build();

  /// What is noted.
  public enum Kind {
    DELETION("deletion-mark.json", "deletion_time"),
    NO_COMPACT("no-compact-mark.json", "no_compact_time"),
    NO_DOWNSAMPLE("no-downsample-mark.json", "no_downsample_time");

    private final String file;
    private final String time;

    Kind(String file, String time) {
      this.file = file;
      this.time = time;
    }

    /// The name of the mark's file in the block's directory.
    public String file() {
      return file;
    }

    /// The mark's object in the bucket.
    public String object(Ulid ulid) {
      return ulid.text() + "/" + file;
    }
  }

  /// Reads a mark's content.
  ///
  /// @param name what errors call it
  /// @throws CorruptionException when it is not what it should be
  public static BlockMark parse(Kind kind, String name, byte[] content) {
    try {
      JsonNode root = JSON.readTree(content);
      int version = root.path("version").asInt(0);
      String id = root.path("id").asString("");
      if (version != 1 || !Ulid.isValid(id)) {
        throw new CorruptionException(
            name, -1, "got version " + version + " of block \"" + id + "\", want version 1");
      }
      return new BlockMark(
          kind,
          new Ulid(id),
          root.path("details").asString(""),
          root.path(kind.time).asLong(0),
          root.path("reason").asString(""));
    } catch (JacksonException e) {
      throw new CorruptionException(name, -1, "no JSON: " + e.getOriginalMessage());
    }
  }

  /// The file's content.
  public byte[] encode() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeStringProperty("id", ulid.text());
      json.writeNumberProperty("version", 1);
      if (!details.isEmpty()) {
        json.writeStringProperty("details", details);
      }
      json.writeNumberProperty(kind.time, unixSeconds);
      if (kind != Kind.DELETION) {
        json.writeStringProperty("reason", reason);
      }
      json.writeEndObject();
    }
    return bytes.toByteArray();
  }
}
