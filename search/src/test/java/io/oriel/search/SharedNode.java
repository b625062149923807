package io.oriel.search;

import io.oriel.search.node.SearchNode;
import io.oriel.search.node.SearchNodeConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Stream;

/// One node for all tests of the module, since each start takes seconds; a test uses names of its
/// own.
public final class SharedNode {
  private static final SharedNode SHARED = new SharedNode();

  private final ShiftedClock clock = new ShiftedClock();
  private final SearchNode node;

  private SharedNode() {
    try {
      Path data = Files.createTempDirectory("oriel-search-test");
      node =
          SearchNode.start(
              SearchNodeConfig.in(data)
                  .withSettings(
                      Map.of(
                          "indices.lifecycle.poll_interval",
                          "1s",
                          "cluster.routing.allocation.disk.threshold_enabled",
                          "false",
                          "node.attr._tier_preference",
                          "data_hot")),
              clock);
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    node.close();
                    deleteAll(data);
                  }));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static SearchNode node() {
    return SHARED.node;
  }

  public static ShiftedClock clock() {
    return SHARED.clock;
  }

  public static Rest rest() {
    return new Rest(SHARED.node.uri());
  }

  private static void deleteAll(Path directory) {
    try (Stream<Path> all = Files.walk(directory)) {
      all.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
