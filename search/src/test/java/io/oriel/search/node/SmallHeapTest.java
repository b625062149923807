package io.oriel.search.node;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.search.Rest;
import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("it")
class SmallHeapTest {
  private static final int BULKS = 300;
  private static final int DOCUMENTS = 1_000;

  /// What is garbage already must not count against the next request: a collector that works only
  /// when memory is asked for would never take it away.
  @Test
  void takesMoreThanItsHeapHolds(@TempDir Path data) throws Exception {
    Process child = NodeChild.start(data, "-Xmx256m", "-XX:MaxNewSize=4m");
    try {
      Rest rest = new Rest(URI.create("http://127.0.0.1:" + NodeChild.port(child)));
      int refused = 0;
      for (int bulk = 0; bulk < BULKS; bulk++) {
        Rest.Answer answer = rest.send("POST", "/lines/_bulk", lines(), "application/x-ndjson");
        refused = answer.status() == 429 ? refused + 1 : 0;
        assertTrue(refused < 20, () -> "takes nothing any more: " + answer.text());
      }
    } finally {
      child.destroyForcibly().waitFor();
    }
  }

  private static String lines() {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < DOCUMENTS; i++) {
      lines.append("{\"create\":{}}\n{\"message\":\"").append("a line of a log ".repeat(20));
      lines.append(i).append("\"}\n");
    }
    return lines.toString();
  }
}
