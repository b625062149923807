package io.oriel.app.tool;

import io.oriel.disk.FileDisk;
import io.oriel.model.labels.Labels;
import io.oriel.tsdb.Tsdb;
import io.oriel.tsdb.TsdbOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.SplittableRandom;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Measures the database on this machine.
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = "Measures how fast the database is here.")
final class BenchTool {
  @Spec private CommandSpec spec = CommandSpec.create();

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = {
        "Writes made-up scrapes into a new database, and says how long it took.",
        "Example: oriel tool tsdb bench write --metrics 10000 --scrapes 1000"
      })
  int write(
      @Option(
              names = "--out",
              paramLabel = "DIR",
              defaultValue = "benchout",
              description = "The database is made in DIR/storage, anew.")
          Path directory,
      @Option(names = "--metrics", defaultValue = "10000", description = "Series to write.")
          int metrics,
      @Option(names = "--scrapes", defaultValue = "3000", description = "Samples of each.")
          int scrapes,
      @Parameters(
              arity = "0..1",
              paramLabel = "FILE",
              description = "Label sets, one JSON object in each line; made up without it.")
          Path file)
      throws IOException, InterruptedException {
    Path storage = directory.resolve("storage");
    FileDisk disk = new FileDisk();
    if (Files.exists(storage)) {
      disk.deleteTree(storage);
    }
    Files.createDirectories(storage);
    long start = begin("readData");
    List<Labels> series =
        file == null ? WriteBench.madeUp(metrics) : WriteBench.read(file, metrics);
    end("readData", start);
    Tsdb.Parts parts = new Tsdb.Parts(disk, InstantSource.system(), new SplittableRandom());
    try (Tsdb tsdb = Tsdb.open(storage, parts, TsdbOptions.defaults(), _ -> {})) {
      start = begin("ingestScrapes");
      long total = new WriteBench(tsdb, series).write(scrapes);
      out().println("ingestion completed");
      double seconds = end("ingestScrapes", start);
      out().println(" > total samples: " + total);
      out().println(" > samples/sec: " + total / seconds);
      start = begin("stopStorage");
    }
    end("stopStorage", start);
    return 0;
  }

  private long begin(String stage) {
    out().println(">> start stage=" + stage);
    out().flush();
    return System.nanoTime();
  }

  /// Returns how many seconds it took.
  private double end(String stage, long startNanos) {
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    out().println(">> completed stage=" + stage + " duration=" + seconds + "s");
    out().flush();
    return seconds;
  }
}
