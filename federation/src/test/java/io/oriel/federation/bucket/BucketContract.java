package io.oriel.federation.bucket;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.model.error.Kind;
import io.oriel.testkit.Seed;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/// What every bucket does; each implementation runs it.
public interface BucketContract {
  /// An empty bucket.
  Bucket bucket();

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static List<String> names(Bucket bucket, String directory, Bucket.Depth depth) {
    List<String> names = new ArrayList<>();
    bucket.iter(directory, depth, entry -> names.add(entry.name()));
    return names;
  }

  private static Kind kind(Runnable work) {
    return assertThrows(BucketException.class, work::run).kind();
  }

  @Test
  default void givesBackWhatWasUploaded() throws IOException {
    Bucket bucket = bucket();

    bucket.upload("a/b/c.txt", Content.of("hello"));

    try (InputStream in = bucket.get("a/b/c.txt")) {
      assertEquals("hello", new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
    assertArrayEquals(bytes("hello"), bucket.read("a/b/c.txt", 100));
    assertTrue(bucket.exists("a/b/c.txt"));
    ObjectEntry entry = bucket.attributes("a/b/c.txt");
    assertEquals(5, entry.sizeBytes());
    assertTrue(entry.modifiedMillis() > 0);
  }

  @Test
  default void keepsEveryByteOfALargeObject() {
    Bucket bucket = bucket();
    byte[] large = new byte[12_345_678];
    Seed.random("large object").nextBytes(large);

    bucket.upload("large", Content.of(large));

    assertEquals(large.length, bucket.attributes("large").sizeBytes());
    assertArrayEquals(large, bucket.read("large", large.length));
  }

  @Test
  default void keepsAnEmptyObject() {
    Bucket bucket = bucket();

    bucket.upload("empty", Content.of(""));

    assertTrue(bucket.exists("empty"));
    assertEquals(0, bucket.attributes("empty").sizeBytes());
    assertArrayEquals(new byte[0], bucket.read("empty", 10));
  }

  @Test
  default void replacesAnObject() {
    Bucket bucket = bucket();
    bucket.upload("x", Content.of("first, and longer"));

    bucket.upload("x", Content.of("second"));

    assertArrayEquals(bytes("second"), bucket.read("x", 100));
  }

  @Test
  default void readsRanges() {
    Bucket bucket = bucket();
    bucket.upload("x", Content.of("0123456789"));

    assertArrayEquals(bytes("345"), bucket.read("x", 3, 3));
    assertArrayEquals(bytes("0"), bucket.read("x", 0, 1));
    assertArrayEquals(bytes("89"), bucket.read("x", 8, 100));
    assertArrayEquals(new byte[0], bucket.read("x", 10, 5));
    assertArrayEquals(new byte[0], bucket.read("x", 99, 5));
    assertArrayEquals(new byte[0], bucket.read("x", 3, 0));
  }

  @Test
  default void saysNotFound() {
    Bucket bucket = bucket();
    bucket.upload("dir/x", Content.of("x"));

    for (String missing : List.of("no", "dir", "dir/y", "dir/x/z")) {
      assertEquals(Kind.NOT_FOUND, kind(() -> bucket.read(missing, 10)), missing);
      assertEquals(Kind.NOT_FOUND, kind(() -> bucket.read(missing, 0, 10)), missing);
      assertEquals(Kind.NOT_FOUND, kind(() -> bucket.attributes(missing)), missing);
      assertFalse(bucket.exists(missing), missing);
    }
  }

  @Test
  default void deletesOnceAndAgain() {
    Bucket bucket = bucket();
    bucket.upload("d/x", Content.of("x"));
    bucket.upload("d/y", Content.of("y"));

    bucket.delete("d/x");
    bucket.delete("d/x");
    bucket.delete("never/was");

    assertFalse(bucket.exists("d/x"));
    assertEquals(List.of("d/y"), names(bucket, "", Bucket.Depth.ALL));

    bucket.delete("d/y");

    assertEquals(List.of(), names(bucket, "", Bucket.Depth.ONE_LEVEL));
  }

  @Test
  default void listsInOrder() {
    Bucket bucket = bucket();
    for (String name : List.of("b/c/1", "b/2", "a", "b-1", "b.2", "c/x", "ä/ö")) {
      bucket.upload(name, Content.of(name));
    }

    assertEquals(
        List.of("a", "b-1", "b.2", "b/", "c/", "ä/"), names(bucket, "", Bucket.Depth.ONE_LEVEL));
    assertEquals(List.of("b/2", "b/c/"), names(bucket, "b", Bucket.Depth.ONE_LEVEL));
    assertEquals(List.of("b/2", "b/c/"), names(bucket, "b/", Bucket.Depth.ONE_LEVEL));
    assertEquals(
        List.of("a", "b-1", "b.2", "b/2", "b/c/1", "c/x", "ä/ö"),
        names(bucket, "", Bucket.Depth.ALL));
    assertEquals(List.of("b/2", "b/c/1"), names(bucket, "b", Bucket.Depth.ALL));
    assertEquals(List.of(), names(bucket, "nothing", Bucket.Depth.ALL));
    assertEquals(List.of(), names(bucket, "a", Bucket.Depth.ALL));
  }

  @Test
  default void listsSizesAndStopsWhenTold() {
    Bucket bucket = bucket();
    bucket.upload("x/1", Content.of("1"));
    bucket.upload("x/2", Content.of("22"));
    bucket.upload("x/3", Content.of("333"));
    List<Long> sizes = new ArrayList<>();

    bucket.iter(
        "x",
        Bucket.Depth.ONE_LEVEL,
        entry -> {
          sizes.add(entry.sizeBytes());
          return sizes.size() < 2;
        });

    assertEquals(List.of(1L, 2L), sizes);
  }

  @Test
  default void listsMoreThanOnePage() {
    Bucket bucket = bucket();
    for (int i = 0; i < 1100; i++) {
      bucket.upload("many/%05d".formatted(i), Content.of(""));
    }

    List<String> names = names(bucket, "many", Bucket.Depth.ALL);

    assertEquals(1100, names.size());
    assertEquals("many/01099", names.getLast());
    assertEquals(1100, names(bucket, "many", Bucket.Depth.ONE_LEVEL).size());
  }

  @Test
  default void refusesNamesThatAreNone() {
    Bucket bucket = bucket();

    for (String bad : List.of("", "/a", "a/", "a//b", "../a", "a/../b", "a/.", "a\0b")) {
      assertEquals(Kind.INVALID, kind(() -> bucket.upload(bad, Content.of("x"))), bad);
      assertEquals(Kind.INVALID, kind(() -> bucket.read(bad, 10)), bad);
      assertEquals(Kind.INVALID, kind(() -> bucket.delete(bad)), bad);
      assertEquals(Kind.INVALID, kind(() -> bucket.exists(bad)), bad);
    }
    assertEquals(
        Kind.INVALID, kind(() -> bucket.iter("../a", Bucket.Depth.ALL, _ -> true)), "listing");
  }

  @Test
  default void showsNothingOfAnUploadThatBreaks() {
    Bucket bucket = bucket();
    bucket.upload("x", Content.of("old"));
    Content torn =
        new Content() {
          @Override
          public long length() {
            return 10_000_000;
          }

          @Override
          public InputStream open() {
            return new ByteArrayInputStream(new byte[6_000_000]) {
              @Override
              public synchronized int read(byte[] into, int offset, int length) {
                if (available() < 1_000_000) {
                  throw new java.io.UncheckedIOException(new IOException("torn"));
                }
                return super.read(into, offset, length);
              }
            };
          }
        };

    assertThrows(RuntimeException.class, () -> bucket.upload("x", torn));
    assertThrows(RuntimeException.class, () -> bucket.upload("y", torn));

    assertArrayEquals(bytes("old"), bucket.read("x", 100));
    assertFalse(bucket.exists("y"));
    assertEquals(List.of("x"), names(bucket, "", Bucket.Depth.ALL));
  }

  @Test
  default void servesManyThreads() throws Exception {
    Bucket bucket = bucket();
    List<Future<?>> done = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int t = 0; t < 8; t++) {
        String mine = "t" + t % 4;
        int thread = t;
        done.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < 20; i++) {
                    String name = "shared/" + mine + "/" + thread + "-" + i;
                    bucket.upload(name, Content.of(name));
                    assertArrayEquals(bytes(name), bucket.read(name, 100));
                    bucket.delete(name);
                  }
                }));
      }
    }
    for (Future<?> task : done) {
      task.get();
    }

    assertEquals(List.of(), names(bucket, "", Bucket.Depth.ALL));
  }
}
