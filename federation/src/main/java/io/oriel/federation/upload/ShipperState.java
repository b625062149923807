package io.oriel.federation.upload;

import io.oriel.disk.Disk;
import io.oriel.disk.DurableFile;
import io.oriel.tsdb.block.Ulid;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `thanos.shipper.json`, version 1: which blocks were uploaded. Losing it costs a look into the
/// bucket per block, no more.
final class ShipperState {
  static final String FILE = "thanos.shipper.json";

  private static final Logger LOG = LoggerFactory.getLogger(ShipperState.class);
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final DefaultIndenter TABS = new DefaultIndenter("\t", "\n");

  private ShipperState() {}

  static Set<Ulid> read(Disk disk, Path file) {
    Set<Ulid> uploaded = new TreeSet<>();
    if (!disk.exists(file)) {
      return uploaded;
    }
    try {
      JsonNode root = JSON.readTree(disk.read(file));
      for (JsonNode name : root.path("uploaded")) {
        if (Ulid.isValid(name.asString(""))) {
          uploaded.add(new Ulid(name.asString("")));
        }
      }
    } catch (IOException | JacksonException e) {
      LOG.atWarn()
          .addKeyValue("file", file)
          .setCause(e)
          .log("cannot read state of uploads; asking the bucket instead");
      uploaded.clear();
    }
    return uploaded;
  }

  static void write(Disk disk, Path file, Collection<Ulid> uploaded) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DefaultPrettyPrinter printer =
        new DefaultPrettyPrinter().withObjectIndenter(TABS).withArrayIndenter(TABS);
    try (JsonGenerator json = JSON.writer().with(printer).createGenerator(bytes)) {
      json.writeStartObject();
      json.writeNumberProperty("version", 1);
      json.writeArrayPropertyStart("uploaded");
      uploaded.forEach(ulid -> json.writeString(ulid.text()));
      json.writeEndArray();
      json.writeEndObject();
    }
    DurableFile.write(disk, file, bytes.toByteArray());
  }
}
