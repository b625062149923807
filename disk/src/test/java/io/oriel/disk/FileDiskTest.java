package io.oriel.disk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileDiskTest {
  private final Disk disk = new FileDisk();

  @Test
  void anInterruptedWriterHarmsNobody(@TempDir Path directory) throws Exception {
    Path path = directory.resolve("log");
    try (WritableFile file = disk.create(path)) {
      Thread writer =
          Thread.ofVirtual()
              .start(
                  () -> {
                    Thread.currentThread().interrupt();
                    try {
                      file.write(new byte[] {1, 2, 3}, 0, 3);
                      file.sync();
                    } catch (IOException e) {
                      throw new UncheckedIOException(e);
                    }
                  });
      writer.join();
      file.write(new byte[] {4}, 0, 1);
      file.sync();
      assertEquals(4, file.position());
    }
    assertArrayEquals(new byte[] {1, 2, 3, 4}, Files.readAllBytes(path));
  }

  @Test
  void appendsOverwritesAndTruncates(@TempDir Path directory) throws IOException {
    Path path = directory.resolve("f");
    assertThrows(IOException.class, () -> disk.append(path));
    try (WritableFile file = disk.create(path)) {
      file.write(new byte[] {1, 2, 3, 4}, 1, 3);
      file.overwrite(0, new byte[] {9});
      assertEquals(3, file.position());
      file.truncate(2);
      assertEquals(2, file.position());
    }
    try (WritableFile file = disk.append(path)) {
      assertEquals(2, file.position());
      file.write(new byte[] {7}, 0, 1);
    }
    assertArrayEquals(new byte[] {9, 3, 7}, Files.readAllBytes(path));
    try (WritableFile file = disk.create(path)) {
      assertEquals(0, file.position());
    }
    assertTrue(Files.exists(path));
    assertEquals(0, Files.size(path));
  }
}
