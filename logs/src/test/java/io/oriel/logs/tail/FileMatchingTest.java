package io.oriel.logs.tail;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What is made of a file that is seen while it is copied.
class FileMatchingTest {
  private static final long NOW = 1_700_000_000_000_000_000L;
  private static final byte[] CONTENT =
      "a line of some length\n".repeat(100).getBytes(StandardCharsets.UTF_8);

  private static FileEntry original() {
    return new FileEntry(
        "key",
        0,
        "/logs/app.log",
        1,
        10,
        NOW - 10_000_000_000L,
        Fingerprint.of(CONTENT, Fingerprint.MOST),
        CONTENT.length,
        7,
        FileEntry.State.LIVE,
        0,
        "");
  }

  /// A look at {@code length} bytes of it under another inode.
  private static Sighting seen(String path, int length, long agoNanos) {
    byte[] head = new byte[Math.min(length, Fingerprint.MOST)];
    System.arraycopy(CONTENT, 0, head, 0, head.length);
    return new Sighting(
        Path.of(path), new long[] {1, 11, NOW - agoNanos - 1, NOW - agoNanos, length}, false, head);
  }

  private static Sighting compressed(String path, int length, long agoNanos) {
    Sighting plain = seen(path, length, agoNanos);
    return new Sighting(
        plain.path(),
        new long[] {1, 11, plain.createdNanos(), plain.modifiedNanos(), length / 10},
        true,
        plain.head());
  }

  private static FileMatching.Verdict judged(Sighting sighting) {
    Sighting live =
        new Sighting(
            Path.of("/logs/app.log"),
            new long[] {1, 10, NOW - 10_000_000_000L, NOW, CONTENT.length},
            false,
            java.util.Arrays.copyOf(CONTENT, Fingerprint.MOST));
    List<FileMatching.Verdict> verdicts =
        new FileMatching(List.of(original()), Set.of(), NOW).judge(List.of(live, sighting));
    assertEquals(2, verdicts.size());
    return verdicts.getLast();
  }

  /// Taken for a new file, all of it was shipped a second time.
  @Test
  void aCopyInTheMakingIsNotJudgedYet() {
    for (int length : new int[] {0, 1, 500, Fingerprint.MOST - 1}) {
      assertInstanceOf(
          FileMatching.Verdict.Unclear.class, judged(seen("/logs/app.log.1", length, 1_000_000)));
    }
    assertInstanceOf(
        FileMatching.Verdict.Copy.class, judged(seen("/logs/app.log.1", 1_500, 1_000_000)));
  }

  /// Compressed under a name of its own first, and renamed then.
  @Test
  void aCompressedCopyIsKnownUnderAnyName() {
    assertInstanceOf(
        FileMatching.Verdict.Unclear.class,
        judged(compressed("/logs/.app.log.1.tmp", 500, 1_000_000)));
    assertInstanceOf(
        FileMatching.Verdict.Copy.class,
        judged(compressed("/logs/.app.log.1.tmp", 1_500, 1_000_000)));
    assertInstanceOf(
        FileMatching.Verdict.Fresh.class, judged(compressed("/elsewhere/b.gz", 1_500, 1_000_000)));
  }

  @Test
  void oneThatStaysShortIsAFileOfItsOwn() {
    assertInstanceOf(
        FileMatching.Verdict.Fresh.class, judged(seen("/logs/app.log.1", 500, 3_000_000_000L)));
  }

  @Test
  void aNewFileIsReadAtOnce() {
    assertInstanceOf(
        FileMatching.Verdict.Fresh.class, judged(seen("/logs/other.log", 500, 1_000_000)));
  }

  /// An empty log was deleted, and a copy of another one, which is compressed, got its inode.
  @Test
  void theInodeOfAnEmptyFileSaysNothing() {
    FileEntry empty =
        new FileEntry(
            "other",
            0,
            "/logs/other.log.2",
            1,
            11,
            0,
            Fingerprint.NONE,
            0,
            0,
            FileEntry.State.LIVE,
            0,
            "");
    for (Sighting copy :
        List.of(compressed("/logs/app.log.1.gz", 5_000, 1), seen("/logs/app.log.1", 5_000, 1))) {
      FileMatching.Verdict verdict =
          new FileMatching(List.of(empty, original()), Set.of(), NOW)
              .judge(List.of(copy))
              .getFirst();

      assertEquals(
          "key", assertInstanceOf(FileMatching.Verdict.Rest.class, verdict).original().key());
      assertInstanceOf(
          FileMatching.Verdict.Known.class,
          new FileMatching(List.of(empty), Set.of(empty.id()), NOW).judge(List.of(copy)).getFirst(),
          "held open it is the same");
    }
    assertInstanceOf(
        FileMatching.Verdict.Known.class,
        new FileMatching(List.of(empty), Set.of(), NOW)
            .judge(List.of(seen("/logs/other.log.2", 5_000, 1)))
            .getFirst());
  }
}
