package io.oriel.logs.ship;

import io.oriel.disk.Disk;
import io.oriel.disk.DurableFile;
import io.oriel.logs.parse.DocumentWriter;
import io.oriel.logs.parse.JsonTree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.random.RandomGenerator;

/// Who ships: an id that stays, in `meta.json` as Filebeat keeps its own, and one of this process.
final class Agent {
  private Agent() {}

  /// The fields `agent`, `ecs` and `host`.
  static Map<String, Object> fields(
      Disk disk, Path data, RandomGenerator random, Instant now, Shipper.Host host)
      throws IOException {
    Map<String, Object> agent = new LinkedHashMap<>();
    agent.put("id", id(disk, data.resolve("meta.json"), random, now));
    agent.put("ephemeral_id", uuid(random));
    agent.put("name", host.agentName());
    agent.put("type", "oriel");
    agent.put("version", host.version());
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("agent", agent);
    fields.put("ecs", new LinkedHashMap<>(Map.of("version", "8.0.0")));
    fields.put("host", new LinkedHashMap<>(Map.of("name", host.name())));
    return fields;
  }

  private static String id(Disk disk, Path file, RandomGenerator random, Instant now)
      throws IOException {
    if (disk.exists(file)) {
      String text = new String(disk.read(file), StandardCharsets.UTF_8);
      Object known = JsonTree.parse(text).object().map(o -> o.get("uuid")).orElse(null);
      if (known instanceof String id && !id.isEmpty()) {
        return id;
      }
    }
    String id = uuid(random);
    Map<String, Object> meta = new LinkedHashMap<>();
    meta.put("uuid", id);
    meta.put("first_start", now.toString());
    DurableFile.write(disk, file, DocumentWriter.json(meta).getBytes(StandardCharsets.UTF_8));
    return id;
  }

  private static String uuid(RandomGenerator random) {
    byte[] bytes = new byte[16];
    random.nextBytes(bytes);
    return UUID.nameUUIDFromBytes(bytes).toString();
  }
}
