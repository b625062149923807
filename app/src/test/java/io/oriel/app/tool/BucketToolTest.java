package io.oriel.app.tool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.disk.FileDisk;
import io.oriel.federation.block.BucketBlocks;
import io.oriel.federation.block.StoredMeta;
import io.oriel.federation.block.ThanosSection;
import io.oriel.federation.bucket.Bucket;
import io.oriel.federation.bucket.FilesystemBucket;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.Utf8Order;
import io.oriel.model.series.SampleColumns;
import io.oriel.testkit.Seed;
import io.oriel.tsdb.block.BlockMeta;
import io.oriel.tsdb.block.BlockWriter;
import io.oriel.tsdb.block.Ulid;
import io.oriel.tsdb.chunk.SampleEncoder;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class BucketToolTest {
  private static final FileDisk DISK = new FileDisk();
  private static final long HOURS_48 = 48 * 3_600_000L;

  @TempDir Path temp;
  private final SplittableRandom random = Seed.random("bucket tool");
  private Ulid block = new Ulid("0".repeat(26));

  @BeforeEach
  void fill() throws IOException {
    block = put("source");
  }

  private String config(String bucket) {
    return "type: FILESYSTEM\nconfig: {directory: '" + temp.resolve(bucket) + "'}\n";
  }

  private Ulid put(String bucketName) throws IOException {
    Ulid ulid = Ulid.create(1_600_000_000_000L, random);
    TreeSet<String> symbols = new TreeSet<>(Utf8Order.COMPARATOR);
    symbols.addAll(List.of("__name__", "m"));
    SampleColumns rows = new SampleColumns();
    for (long time = 0; time < HOURS_48; time += 60_000) {
      rows.add(time, time / 1000.0);
    }
    BlockMeta meta;
    try (BlockWriter writer = BlockWriter.create(DISK, temp, ulid, symbols)) {
      writer.add(Labels.of("__name__", "m"), SampleEncoder.encode(rows));
      meta = writer.finish(BlockMeta.fresh(ulid, 0, HOURS_48, List.of()));
    }
    try (Bucket bucket = FilesystemBucket.open(DISK, temp.resolve(bucketName), 0)) {
      new BucketBlocks(bucket, InstantSource.system())
          .upload(
              DISK,
              temp.resolve(ulid.text()),
              StoredMeta.of(
                  meta, ThanosSection.of(Labels.of("cluster", "dev"), 0, ThanosSection.SIDECAR)));
    }
    return ulid;
  }

  private String run(int want, String... args) {
    StringWriter out = new StringWriter();
    CommandLine line = new CommandLine(new BucketTool());
    line.setOut(new PrintWriter(out));
    line.setErr(new PrintWriter(out));
    String[] all = new String[args.length + 2];
    System.arraycopy(args, 0, all, 0, args.length);
    all[args.length] = "--objstore.config";
    all[args.length + 1] = config("source");
    int got = line.execute(all);
    assertEquals(want, got, out.toString());
    return out.toString();
  }

  @Test
  void listsAndInspects() {
    assertEquals(block + System.lineSeparator(), run(0, "ls"));
    String table = run(0, "inspect");
    assertTrue(table.contains(block.text()) && table.contains("{cluster=\"dev\"}"), table);
    assertTrue(!run(0, "inspect", "-l", "{cluster=\"prod\"}").contains(block.text()));
  }

  @Test
  void verifies() throws IOException {
    assertTrue(run(0, "verify").contains(block + ": ok"));
    Path chunks = temp.resolve("source").resolve(block.text()).resolve("chunks/000001");
    byte[] bytes = Files.readAllBytes(chunks);
    bytes[50] ^= 1;
    Files.write(chunks, bytes);

    assertTrue(run(1, "verify").contains("checksum mismatch"));
  }

  @Test
  void copies() throws IOException {
    Path target = temp.resolve("target.yml");
    Files.writeString(target, config("target"));

    assertTrue(
        run(0, "replicate", "--objstore-to.config-file", target.toString(), "--resolution", "0s")
            .contains(block.text()));

    assertTrue(Files.exists(temp.resolve("target").resolve(block.text()).resolve("meta.json")));
  }

  @Test
  void marksAndUnmarks() {
    Path mark = temp.resolve("source").resolve(block.text()).resolve("no-compact-mark.json");
    run(0, "mark", "--id", block.text(), "--marker", "no-compact-mark.json", "--details", "so");
    assertTrue(Files.exists(mark));
    run(0, "mark", "--id", block.text(), "--marker", "no-compact-mark.json", "--remove");
    assertTrue(!Files.exists(mark));
  }

  @Test
  void downsamplesExpiresAndCleans() {
    run(0, "downsample");
    assertEquals(2, run(0, "ls").lines().count());

    run(0, "retention", "--retention.resolution-raw", "1d");
    run(0, "cleanup", "--delete-delay", "0s");

    String left = run(0, "inspect");
    assertTrue(!left.contains(block.text()) && left.contains("5m"), left);
  }
}
