package io.oriel.app.tool;

import io.oriel.logs.search.LogAccess;
import io.oriel.logs.search.LogLine;
import io.oriel.logs.search.LogPage;
import io.oriel.logs.search.LogRequest;
import io.oriel.logs.search.LogSearch;
import io.oriel.logs.search.LogSyntax;
import io.oriel.logs.search.LogTail;
import io.oriel.model.error.OrielException;
import io.oriel.model.time.DurationSyntax;
import io.oriel.search.client.SearchClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Finds and follows log lines from a terminal.
@Command(
    name = "logs",
    mixinStandardHelpOptions = true,
    description = "Finds and follows log lines in a search engine.",
    footer = {
      "",
      "Examples: oriel tool logs query --since=1h 'status >= 500 and not message: healthz'",
      "          oriel tool logs tail --cluster=prod-01 'kubernetes.namespace: shop'",
    })
final class LogsTool {
  private static final JsonMapper JSON = new JsonMapper();
  private static final long PAUSE_MILLIS = 1_000;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private EngineFlags engine = new EngineFlags();

  @Option(
      names = "--language",
      scope = ScopeType.INHERIT,
      paramLabel = "NAME",
      description = "Of the query: kql or lucene. Default: kql")
  private String language = "kql";

  @Option(
      names = "--cluster",
      scope = ScopeType.INHERIT,
      split = ",",
      paramLabel = "NAME",
      description = "Only lines of these clusters.")
  private Set<String> clusters = new HashSet<>();

  @Option(
      names = "--json",
      scope = ScopeType.INHERIT,
      description = "Whole documents, one a line, instead of time, cluster and message.")
  private boolean json;

  @Command(name = "query", description = "Prints the lines that match, oldest first.")
  int query(
      @Parameters(arity = "0..1", defaultValue = "", paramLabel = "QUERY", description = "Which.")
          String text,
      @Option(
              names = "--since",
              defaultValue = "15m",
              paramLabel = "DURATION",
              description = "How far to look back. Default: ${DEFAULT-VALUE}")
          String since,
      @Option(
              names = "--limit",
              defaultValue = "1000",
              description = "The newest so many, at most 10000. Default: ${DEFAULT-VALUE}")
          int limit)
      throws IOException, InterruptedException {
    long now = InstantSource.system().millis();
    try (SearchClient client = engine.open()) {
      LogPage page =
          new LogSearch(client, InstantSource.system())
              .page(
                  new LogRequest(
                      text,
                      LogSyntax.ofWord(language),
                      now - DurationSyntax.parse(since).toMillis(),
                      now + 1,
                      new LogAccess(clusters)),
                  new LogSearch.PageWish(
                      limit, LogSearch.Direction.NEWEST_FIRST, "", false, List.of()));
      page.lines().reversed().forEach(printer());
      PrintWriter err = spec.commandLine().getErr();
      page.warnings().forEach(warning -> err.println("warning: " + warning));
      if (page.total() > page.lines().size()) {
        err.println(
            "warning: showing the newest "
                + page.lines().size()
                + " of "
                + (page.totalIsExact() ? "" : "more than ")
                + page.total()
                + " lines");
      }
      err.flush();
    }
    return 0;
  }

  @Command(name = "tail", description = "Prints lines as they come in, until it is stopped.")
  int tail(
      @Parameters(arity = "0..1", defaultValue = "", paramLabel = "QUERY", description = "Which.")
          String text)
      throws IOException, InterruptedException {
    try (SearchClient client = engine.open()) {
      LogTail tail =
          new LogSearch(client, InstantSource.system())
              .tail(text, LogSyntax.ofWord(language), new LogAccess(clusters));
      Consumer<LogLine> printer = printer();
      while (!spec.commandLine().getOut().checkError()) {
        try {
          tail.next().forEach(printer);
        } catch (OrielException e) {
          if (!e.kind().isRetryable()) {
            throw e;
          }
          PrintWriter err = spec.commandLine().getErr();
          err.println("warning: " + e.reason());
          err.flush();
        }
        if (!tail.isBehind()) {
          Thread.sleep(PAUSE_MILLIS);
        }
      }
    }
    return 0;
  }

  private Consumer<LogLine> printer() {
    PrintWriter out = spec.commandLine().getOut();
    return line -> {
      if (json) {
        out.println(line.document());
      } else {
        JsonNode document = JSON.readTree(line.document());
        out.println(
            document.path("@timestamp").asString("-")
                + " "
                + document.path("cluster").asString("-")
                + " "
                + document.path("message").asString(line.document()));
      }
      out.flush();
    };
  }
}
