package io.oriel.app.role.query;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EndpointFilesTest {
  @TempDir private Path directory;
  private long nanos;

  private EndpointFiles files(String... fixed) {
    return new EndpointFiles(
        List.of(fixed),
        List.of(directory.resolve("*.yml").toString(), directory.resolve("more.json").toString()),
        Duration.ofMinutes(5),
        () -> nanos);
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(directory.resolve(name), text);
  }

  @Test
  void addressesOfFlagsAndFilesAreEachThereOnce() throws IOException {
    write("a.yml", "- targets: ['a:1', 'b:2']\n  labels: {x: y}\n- targets: ['c:3']\n");
    write("more.json", "[{\"targets\": [\"b:2\", \"dns+d:4\"]}]");

    assertEquals(List.of("z:9", "a:1", "b:2", "c:3", "dns+d:4"), files("z:9").get());
    assertEquals(
        List.of("z:9"), new EndpointFiles(List.of("z:9"), List.of(), Duration.ZERO, () -> 0).get());
  }

  @Test
  void filesThatComeChangeAndGoAreSeenAtOnce() throws IOException {
    EndpointFiles files = files();
    assertEquals(List.of(), files.get());
    write("a.yml", "- targets: ['a:1']\n");
    assertEquals(List.of("a:1"), files.get());
    write("a.yml", "- targets: ['a:1', 'b:2']\n");
    assertEquals(List.of("a:1", "b:2"), files.get());
    Files.delete(directory.resolve("a.yml"));
    assertEquals(List.of(), files.get());
  }

  @Test
  void aFileThatIsBrokenKeepsItsEndpointsUntilItIsWhole() throws IOException {
    EndpointFiles files = files();
    write("a.yml", "- targets: ['a:1']\n");
    write("b.yml", "- targets: ['b:1']\n");
    assertEquals(List.of("a:1", "b:1"), files.get());
    for (String broken : List.of("- targets: ['a:1'", "targets: []", "- target: ['x:1']", "- 7")) {
      write("a.yml", broken);
      assertEquals(List.of("a:1", "b:1"), files.get(), broken);
    }
    write("a.yml", "- targets: ['c:1']\n");
    assertEquals(List.of("c:1", "b:1"), files.get());
  }

  /// As after a change within the resolution of the file system's clock.
  @Test
  void aChangeThatNeitherTimeNorSizeTellsIsSeenAfterTheInterval() throws IOException {
    EndpointFiles files = files();
    Path file = directory.resolve("a.yml");
    FileTime time = FileTime.fromMillis(1_000_000);
    write("a.yml", "- targets: ['a:1']\n");
    Files.setLastModifiedTime(file, time);
    assertEquals(List.of("a:1"), files.get());
    write("a.yml", "- targets: ['b:1']\n");
    Files.setLastModifiedTime(file, time);
    nanos = Duration.ofMinutes(4).toNanos();
    assertEquals(List.of("a:1"), files.get());
    nanos = Duration.ofMinutes(6).toNanos();
    assertEquals(List.of("b:1"), files.get());
  }
}
