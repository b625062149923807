package io.oriel.logs.tail;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SightingTest {
  private static final int ROTATIONS = 3_000;

  @TempDir private Path directory;

  /// The numbers of one file with the content of another made lines of a new file those of an old
  /// one, and then they were shipped again under their own name.
  @Test
  void numbersAndContentAreOfOneFileWhateverIsRotatedMeanwhile() throws Exception {
    Path path = directory.resolve("a.log");
    Map<Long, String> contents = new ConcurrentHashMap<>();
    AtomicBoolean done = new AtomicBoolean();
    AtomicReference<Exception> broken = new AtomicReference<>();
    Thread rotating =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    for (int i = 0; i < ROTATIONS; i++) {
                      rotate(path, contents, i);
                    }
                  } catch (IOException e) {
                    broken.set(e);
                  } finally {
                    done.set(true);
                  }
                });
    int seen = 0;
    while (!done.get()) {
      try {
        Sighting sighting = Sighting.of(path);
        assertEquals(
            contents.get(sighting.inode()), new String(sighting.head(), StandardCharsets.UTF_8));
        seen++;
      } catch (NoSuchFileException _) {
        // between two files
      }
    }
    rotating.join();
    assertEquals(null, broken.get());
    assertEquals(true, seen > 0);
  }

  /// Old files stay, so that no inode number comes again.
  private void rotate(Path path, Map<Long, String> contents, int i) throws IOException {
    Path fresh = directory.resolve("next");
    String content = "file " + i + "\n";
    Files.writeString(fresh, content);
    contents.put(((Number) Files.getAttribute(fresh, "unix:ino")).longValue(), content);
    if (i > 0) {
      Files.createLink(directory.resolve("old-" + i), path);
    }
    Files.move(fresh, path, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }
}
