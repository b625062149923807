package io.oriel.federation.bucket;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.disk.CrashDisk;
import io.oriel.disk.FileDisk;
import io.oriel.model.error.Kind;
import io.oriel.testkit.Seed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilesystemBucketTest implements BucketContract {
  @TempDir Path directory;

  @Override
  public Bucket bucket() {
    return FilesystemBucket.open(new FileDisk(), directory, 0);
  }

  @Test
  void laysObjectsOutAsThanosDoes() throws IOException {
    bucket().upload("01J/chunks/000001", Content.of("x"));

    assertEquals("x", Files.readString(directory.resolve("01J/chunks/000001")));
  }

  @Test
  void readsWhatLaysThere() throws IOException {
    Files.createDirectories(directory.resolve("01J"));
    Files.writeString(directory.resolve("01J/meta.json"), "{}");

    assertTrue(bucket().exists("01J/meta.json"));
  }

  @Test
  void aFinishedFileBecomesTheObjectAndAnObjectAFileWithoutCopies(@TempDir Path elsewhere)
      throws IOException {
    Path file = Files.writeString(elsewhere.resolve("block"), "content");
    Bucket bucket = bucket();

    bucket.upload("01J/index", Content.of(file));

    assertEquals(Files.getAttribute(file, "unix:ino"), inode("01J/index"));
    Files.delete(file);
    assertTrue(bucket.link("01J/index", new FileDisk(), file));
    assertEquals(Files.getAttribute(file, "unix:ino"), inode("01J/index"));

    bucket.upload("01J/index", Content.of("replaced"));

    assertEquals("content", Files.readString(file));
    assertEquals(
        Kind.NOT_FOUND,
        assertThrows(
                BucketException.class,
                () -> bucket.link("01J/no", new FileDisk(), elsewhere.resolve("no")))
            .kind());
  }

  private Object inode(String name) throws IOException {
    return Files.getAttribute(directory.resolve(name), "unix:ino");
  }

  @Test
  void aFileThatIsNotWhatItWasIsRefused(@TempDir Path elsewhere) throws IOException {
    Content content = Content.of(Files.writeString(elsewhere.resolve("f"), "content"));
    Files.writeString(elsewhere.resolve("f"), "shorter".substring(3));
    Bucket bucket = bucket();

    assertThrows(BucketException.class, () -> bucket.upload("x", content));

    assertFalse(bucket.exists("x"));
  }

  @Test
  void clearsOldLeftoversOnly() throws IOException {
    bucket();
    Path old = Files.writeString(directory.resolve(".oriel-uploads/old"), "x");
    Path fresh = Files.writeString(directory.resolve(".oriel-uploads/fresh"), "x");
    Files.setLastModifiedTime(old, FileTime.fromMillis(1_000));
    Files.setLastModifiedTime(fresh, FileTime.fromMillis(100_000_000));

    FilesystemBucket.open(new FileDisk(), directory, 101_000_000);

    assertFalse(Files.exists(old));
    assertTrue(Files.exists(fresh));
  }

  @Test
  void keepsWholeObjectsThroughPowerCuts() throws IOException {
    for (int i = 0; i < Seed.iterations(60); i++) {
      SplittableRandom random = Seed.random("power cut " + i);
      Path root = Files.createDirectories(directory.resolve("run" + i));
      Path trash = Files.createDirectories(directory.resolve("trash" + i));
      CrashDisk disk = new CrashDisk(trash, random, random.nextInt(5, 120));
      int acknowledged = 0;
      int tried = 0;
      try {
        Bucket bucket = FilesystemBucket.open(disk, root, 0);
        while (tried < 12) {
          tried++;
          bucket.upload("b" + tried % 3 + "/o" + tried, Content.of(content(tried)));
          acknowledged = tried;
        }
      } catch (BucketException _) {
        assertTrue(disk.isDead());
      }
      disk.powerCut();

      Bucket after = FilesystemBucket.open(new FileDisk(), root, 0);
      for (int o = 1; o <= tried; o++) {
        String name = "b" + o % 3 + "/o" + o;
        if (o <= acknowledged || after.exists(name)) {
          byte[] want = content(o).getBytes(StandardCharsets.UTF_8);
          assertArrayEquals(want, after.read(name, 10_000), Seed.replay(i));
        }
      }
    }
  }

  private static String content(int object) {
    return ("object " + object + ";").repeat(50 * object);
  }

  @Test
  void refusesTheNamesOfItsOwn() {
    assertThrows(BucketException.class, () -> bucket().upload(".oriel-uploads/x", Content.of("x")));
  }
}
