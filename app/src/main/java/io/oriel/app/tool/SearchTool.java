package io.oriel.app.tool;

import io.oriel.search.client.ClusterView;
import io.oriel.search.client.EngineInfo;
import io.oriel.search.client.Lifecycle;
import io.oriel.search.client.SearchClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Looks into a search engine, ours or another: what `_cat` and Cerebro show.
@Command(
    name = "search",
    mixinStandardHelpOptions = true,
    description = "Shows health, nodes, indices, shards and lifecycles of a search engine.")
final class SearchTool {
  private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private EngineFlags engine = new EngineFlags();

  private SearchClient open() throws IOException {
    return engine.open();
  }

  private void print(List<List<String>> rows) {
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int column = 0; column < row.size(); column++) {
        int at = column;
        int width = rows.stream().mapToInt(other -> other.get(at).length()).max().orElse(0);
        line.append(row.get(column)).append(" ".repeat(width - row.get(column).length() + 2));
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    PrintWriter out = spec.commandLine().getOut();
    out.print(text);
    out.flush();
  }

  private static String size(long bytes) {
    double value = bytes;
    int unit = 0;
    while (value >= 1024 && unit + 1 < UNITS.length) {
      value /= 1024;
      unit++;
    }
    if (bytes < 0) {
      return "-";
    }
    return unit == 0 ? bytes + " B" : String.format(Locale.ROOT, "%.1f %s", value, UNITS[unit]);
  }

  private static String count(long number) {
    return number < 0 ? "-" : Long.toString(number);
  }

  @Command(name = "health", description = "How well the cluster is; exits 1 when it is red.")
  int health() throws IOException, InterruptedException {
    try (SearchClient client = open()) {
      EngineInfo engine = client.engine();
      ClusterView.Health health = client.cluster().health();
      ClusterView.Totals totals = client.cluster().totals();
      print(
          List.of(
              List.of("cluster", health.cluster()),
              List.of("status", health.status()),
              List.of(
                  "engine",
                  engine.distribution().name().toLowerCase(Locale.ROOT) + " " + engine.version()),
              List.of("nodes", health.nodes() + " (" + health.dataNodes() + " with data)"),
              List.of(
                  "shards",
                  health.activeShards() + " active, " + health.unassignedShards() + " unassigned"),
              List.of("indices", Long.toString(totals.indices())),
              List.of("documents", Long.toString(totals.documents())),
              List.of("size", size(totals.bytes()))));
      return health.status().equals("red") ? 1 : 0;
    }
  }

  @Command(name = "nodes", description = "Nodes with heap, disk and load; * marks the manager.")
  int nodes() throws IOException, InterruptedException {
    try (SearchClient client = open()) {
      List<List<String>> rows = new ArrayList<>();
      rows.add(List.of("NODE", "ADDRESS", "ROLES", "HEAP", "DISK", "AVAILABLE", "LOAD", "VERSION"));
      for (ClusterView.Node node : client.cluster().nodes()) {
        rows.add(
            List.of(
                (node.isManager() ? "*" : " ") + node.name(),
                node.address(),
                node.roles(),
                node.heapPercent() + "%",
                String.format(Locale.ROOT, "%.0f%%", node.diskPercent()),
                size(node.diskAvailableBytes()),
                String.format(Locale.ROOT, "%.2f", node.load1m()),
                node.version()));
      }
      print(rows);
      return 0;
    }
  }

  @Command(name = "indices", description = "Indices with health, shards, documents and size.")
  int indices(
      @Parameters(arity = "0..1", defaultValue = "*", paramLabel = "PATTERN") String pattern)
      throws IOException, InterruptedException {
    try (SearchClient client = open()) {
      List<List<String>> rows = new ArrayList<>();
      rows.add(List.of("INDEX", "HEALTH", "STATUS", "SHARDS", "DOCUMENTS", "SIZE", "PRIMARIES"));
      for (ClusterView.Index index : client.cluster().indices(pattern)) {
        rows.add(
            List.of(
                index.name(),
                index.health(),
                index.status(),
                index.primaries() + "x" + (1 + index.replicas()),
                count(index.documents()),
                size(index.bytes()),
                size(index.primaryBytes())));
      }
      print(rows);
      return 0;
    }
  }

  @Command(name = "shards", description = "Shards and where they are; exits 1 when one is nowhere.")
  int shards(@Parameters(arity = "0..1", defaultValue = "*", paramLabel = "PATTERN") String pattern)
      throws IOException, InterruptedException {
    try (SearchClient client = open()) {
      List<List<String>> rows = new ArrayList<>();
      rows.add(List.of("INDEX", "SHARD", "COPY", "STATE", "DOCUMENTS", "SIZE", "NODE", "REASON"));
      boolean lost = false;
      for (ClusterView.Shard shard : client.cluster().shards(pattern)) {
        lost |= shard.state().equals("UNASSIGNED");
        rows.add(
            List.of(
                shard.index(),
                Integer.toString(shard.number()),
                shard.isPrimary() ? "primary" : "replica",
                shard.state(),
                count(shard.documents()),
                size(shard.bytes()),
                shard.node(),
                shard.reason()));
      }
      print(rows);
      return lost ? 1 : 0;
    }
  }

  @Command(
      name = "lifecycle",
      description = "Where indices stand in their lifecycle; exits 1 when one stands at an error.")
  int lifecycle(
      @Parameters(arity = "0..1", defaultValue = "*", paramLabel = "PATTERN") String pattern,
      @Option(names = "--errors", description = "Only those at an error.") boolean onlyErrors)
      throws IOException, InterruptedException {
    try (SearchClient client = open()) {
      List<List<String>> rows = new ArrayList<>();
      rows.add(List.of("INDEX", "POLICY", "AGE", "PHASE", "ACTION", "STEP", "REASON"));
      boolean failed = false;
      for (Lifecycle.Standing at : client.lifecycle().explain(pattern)) {
        failed |= at.isError();
        if (at.isManaged() && (at.isError() || !onlyErrors)) {
          rows.add(
              List.of(
                  at.index(),
                  at.policy(),
                  at.age(),
                  at.phase(),
                  at.action(),
                  at.isError() ? "ERROR at " + at.failedStep() : at.step(),
                  at.reason()));
        }
      }
      print(rows);
      return failed ? 1 : 0;
    }
  }

  @Command(name = "retry", description = "Tries the failed lifecycle step of an index again.")
  int retry(@Parameters(paramLabel = "INDEX") String index)
      throws IOException, InterruptedException {
    try (SearchClient client = open()) {
      client.lifecycle().retry(index);
      return 0;
    }
  }
}
