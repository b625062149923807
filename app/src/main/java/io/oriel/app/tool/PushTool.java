package io.oriel.app.tool;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.LabelsBuilder;
import io.oriel.model.labels.Quoted;
import io.oriel.model.time.DurationSyntax;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpClientConfig;
import io.oriel.runtime.http.HttpRequest;
import io.oriel.runtime.http.HttpResult;
import io.oriel.wire.compress.Compression;
import io.oriel.wire.exposition.Exposition;
import io.oriel.wire.exposition.ExpositionException;
import io.oriel.wire.exposition.ExpositionParser;
import io.oriel.wire.exposition.ParserOptions;
import io.oriel.wire.exposition.ScrapeProtocol;
import io.oriel.wire.remotewrite.RemoteWriteVersion;
import io.oriel.wire.remotewrite.RemoteWriteWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/// Sends to a running server, Oriel or Prometheus.
@Command(
    name = "push",
    mixinStandardHelpOptions = true,
    description = "Pushes to a running server, for trying things out.")
final class PushTool {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--label",
      paramLabel = "NAME=VALUE",
      scope = ScopeType.INHERIT,
      description = "Label to attach to all metrics; job=promtool when none is given.")
  private Map<String, String> labels = Map.of();

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = {
        "Pushes metrics in the text format by remote write, from files or standard input.",
        "Example: oriel tool push metrics http://localhost:9090 metrics.txt"
      })
  int metrics(
      @Option(names = "--timeout", defaultValue = "30s", description = "How long to wait.")
          String timeout,
      @Option(
              names = "--header",
              paramLabel = "NAME=VALUE",
              description = "Header of the request; may be given more than once.")
          Map<String, String> headers,
      @Option(
              names = "--protobuf_message",
              paramLabel = "NAME",
              defaultValue = "prometheus.WriteRequest",
              description = "prometheus.WriteRequest or io.prometheus.write.v2.Request.")
          String message,
      @Option(
              names = "--remote-write.path",
              paramLabel = "PATH",
              defaultValue = "/api/v1/write",
              description = "Where the server takes remote write.")
          String path,
      @Parameters(index = "0", paramLabel = "URL") String url,
      @Parameters(index = "1..*", arity = "0..*", paramLabel = "FILE") List<Path> files)
      throws IOException, InterruptedException {
    RemoteWriteVersion version = version(message);
    HttpRequest request =
        HttpRequest.post(URI.create(url.replaceAll("/+$", "") + path), "", new byte[0])
            .withTimeout(DurationSyntax.parse(timeout));
    for (Map.Entry<String, String> header : map(headers).entrySet()) {
      request = request.withHeader(header.getKey().toLowerCase(Locale.ROOT), header.getValue());
    }
    Labels attached = Labels.copyOf(labels.isEmpty() ? Map.of("job", "promtool") : labels);
    boolean ok = true;
    if (files == null || files.isEmpty()) {
      out().println("Parsing standard input");
      ok = push(System.in.readAllBytes(), "metrics", attached, version, request);
    } else {
      for (Path file : files) {
        out().println("Parsing metrics file " + file);
        ok &= push(Files.readAllBytes(file), "metrics file " + file, attached, version, request);
      }
    }
    out().flush();
    return ok ? 0 : 1;
  }

  private static Map<String, String> map(Map<String, String> given) {
    return given == null ? Map.of() : given;
  }

  private static RemoteWriteVersion version(String message) {
    for (RemoteWriteVersion version : RemoteWriteVersion.values()) {
      if (version.message().equals(message)) {
        return version;
      }
    }
    throw OrielException.invalid(
        "invalid protobuf message "
            + Quoted.of(message)
            + ", must be prometheus.WriteRequest or io.prometheus.write.v2.Request");
  }

  private boolean push(
      byte[] text, String what, Labels labels, RemoteWriteVersion version, HttpRequest to)
      throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.create(HttpClientConfig.standard(), "oriel-tool")) {
      byte[] body = Compression.SNAPPY.compress(encode(text, labels, version));
      HttpRequest request =
          HttpRequest.post(to.uri(), version.contentType(), body).withTimeout(to.timeout());
      for (Map.Entry<String, String> header : to.headers().entrySet()) {
        request = request.withHeader(header.getKey(), header.getValue());
      }
      request =
          request
              .withHeader("content-type", version.contentType())
              .withHeader("content-encoding", Compression.SNAPPY.word())
              .withHeader("x-prometheus-remote-write-version", version.header());
      HttpResult result = client.send(request);
      if (!result.isSuccess()) {
        throw new OrielException(
            Kind.UNAVAILABLE,
            "server returned HTTP status " + result.statusLine() + ": " + result.text().strip());
      }
      out().println("  SUCCESS: " + what + " pushed to remote write.");
      return true;
    } catch (OrielException e) {
      spec.commandLine().getErr().println("  FAILED: " + e.reason());
      spec.commandLine().getErr().flush();
      return false;
    }
  }

  private static byte[] encode(byte[] text, Labels attached, RemoteWriteVersion version) {
    long now = System.currentTimeMillis();
    RemoteWriteWriter writer = new RemoteWriteWriter(version);
    ExpositionParser parser =
        Exposition.parser(
            text, text.length, ScrapeProtocol.PROMETHEUS_TEXT_0_0_4, ParserOptions.standard());
    LabelsBuilder labels = new LabelsBuilder();
    try {
      while (true) {
        switch (parser.next()) {
          case END -> {
            return writer.finish();
          }
          case SERIES -> {
            parser.labels(labels);
            for (int i = 0; i < attached.size(); i++) {
              labels.set(attached.name(i), attached.value(i));
            }
            writer.series(labels.build());
            long time = parser.hasTimestamp() ? parser.timestampMillis() : now;
            writer.sample(time, parser.value(), 0);
          }
          default -> {}
        }
      }
    } catch (ExpositionException e) {
      throw OrielException.invalid(e.reason());
    }
  }
}
