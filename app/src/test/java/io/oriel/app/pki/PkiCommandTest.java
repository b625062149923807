package io.oriel.app.pki;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class PkiCommandTest {
  @TempDir private Path directory;

  private String run(int want, String... args) {
    StringWriter out = new StringWriter();
    CommandLine line = new CommandLine(new PkiCommand()).setOut(new PrintWriter(out));
    String[] all = new String[args.length + 2];
    all[0] = "--dir";
    all[1] = directory.resolve("pki").toString();
    System.arraycopy(args, 0, all, 2, args.length);
    assertEquals(want, line.execute(all), out::toString);
    return out.toString();
  }

  @Test
  void issuesShowsRotatesAndRevokes() {
    run(0, "init");
    String files =
        run(0, "issue", "--cluster=dev-01", "--host=localhost", "--host=127.0.0.1", "query");
    String shown = run(0, "show", "query");
    String rotated = run(0, "rotate", "query");
    String revoked = run(0, "revoke", "query");
    String all = run(0, "show");

    assertTrue(files.lines().allMatch(file -> Files.exists(Path.of(file))), files);
    assertTrue(shown.contains("localhost 127.0.0.1 spiffe://oriel/cluster/dev-01"), shown);
    assertTrue(rotated.startsWith("query until="), rotated);
    assertEquals("2 revoked", revoked.strip());
    assertEquals(2, all.lines().filter(line -> line.endsWith("revoked")).count());
  }
}
