package io.oriel.app.role.ship;

import io.oriel.app.flag.TracingFlags;
import io.oriel.app.process.BuildVersion;
import io.oriel.logs.ship.FilebeatConfig;
import io.oriel.model.error.OrielException;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpRequest;
import io.oriel.runtime.http.HttpResult;
import io.oriel.runtime.http.HttpServerConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `oriel ship`: what Filebeat does, with its flags and its file.
@Command(
    name = "ship",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    showDefaultValues = true,
    description =
        "Runs the ship role: reads log files and ships them to Elasticsearch or OpenSearch.",
    footer = {
      "",
      "Flags and file are Filebeat's own; what is not supported is refused by name.",
      "Examples: oriel ship -c filebeat.yml",
      "          oriel ship -c filebeat.yml test config",
      "          oriel ship -c filebeat.yml test output",
    })
public final class ShipCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(ShipCommand.class);
  private static final Duration TEST_TIMEOUT = Duration.ofSeconds(10);

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "-c", paramLabel = "FILE", description = "The configuration file.")
  private Path file = Path.of("filebeat.yml");

  @Option(
      names = "-E",
      paramLabel = "KEY=VALUE",
      description = "A setting that comes before the file's.")
  private List<String> overrides = List.of();

  @Option(
      names = "--path.data",
      paramLabel = "DIR",
      description = "Directory of registry and spool; the file's path.data by default.")
  private Optional<Path> data = Optional.empty();

  @Option(
      names = "--path.config",
      paramLabel = "DIR",
      description = "Directory from which the configuration file's name is taken.")
  private Optional<Path> configDirectory = Optional.empty();

  @Option(
      names = "--strict.perms",
      paramLabel = "BOOL",
      arity = "0..1",
      fallbackValue = "true",
      description = "Refuse a configuration file that others may write.")
  private boolean strictPermissions = true;

  @Option(
      names = "--web.listen-address",
      paramLabel = "ADDR",
      description = "Where metrics and health are served (Oriel's own).")
  private String listenAddress = "127.0.0.1:5066";

  @Mixin private TracingFlags tracing = new TracingFlags();

  @Option(
      names = {
        "-e",
        "-v",
        "-d",
        "--path.home",
        "--path.logs",
        "--environment",
        "--system-key",
        "--once",
        "--modules",
        "-M",
        "--cpuprofile",
        "--memprofile",
        "--httpprof"
      },
      paramLabel = "VALUE",
      arity = "0..1",
      hidden = true,
      description = "Accepted for manifests that have it; there is nothing it could do.")
  private List<String> unused = List.of();

  @Parameters(
      paramLabel = "WORDS",
      arity = "0..*",
      hidden = true,
      description = "`run`, `test config` or `test output`.")
  private List<String> words = List.of();

  @Override
  public Integer call() throws IOException, InterruptedException {
    FilebeatConfig.Loaded loaded = load();
    return switch (String.join(" ", words)) {
      case "test config" -> say("Config OK");
      case "test output" -> testOutput(loaded);
      case "", "run" -> run(loaded);
      default ->
          throw new CommandLine.ParameterException(
              spec.commandLine(), "got " + words + ", want run, test config or test output");
    };
  }

  private FilebeatConfig.Loaded load() throws IOException {
    Path path = configDirectory.map(directory -> directory.resolve(file)).orElse(file);
    checkPermissions(path);
    FilebeatConfig.Loaded loaded =
        FilebeatConfig.load(
            path,
            new FilebeatConfig.Given(
                overrides, System.getenv(), data, hostFields(), System::nanoTime));
    loaded
        .warnings()
        .forEach(warning -> LOG.atWarn().addKeyValue("setting", warning).log("ignored"));
    return loaded;
  }

  private void checkPermissions(Path path) throws IOException {
    if (!strictPermissions || !Files.exists(path)) {
      return;
    }
    var permissions = Files.getPosixFilePermissions(path);
    if (permissions.contains(PosixFilePermission.GROUP_WRITE)
        || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
      throw OrielException.invalid(
          path + ": others may write it, want at most 0644 (chmod go-w), or --strict.perms=false");
    }
  }

  private int say(String text) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(text);
    out.flush();
    return 0;
  }

  private int run(FilebeatConfig.Loaded loaded) throws IOException, InterruptedException {
    try (ShipRole role =
        ShipRole.start(
            new ShipRole.Options(loaded, HttpServerConfig.on(listenAddress), hostName()),
            tracing.tracing(),
            BuildVersion.number())) {
      LOG.atInfo().addKeyValue("http", role.httpPort()).log("ready");
      Runtime.getRuntime().addShutdownHook(new Thread(role::close, "oriel/ship/stop"));
      role.awaitClose();
    }
    return 0;
  }

  /// Asks every host who it is.
  private int testOutput(FilebeatConfig.Loaded loaded) throws IOException, InterruptedException {
    int failed = 0;
    String agent = "Oriel-Ship/" + BuildVersion.number();
    try (HttpClient client = HttpClient.create(loaded.client(), agent)) {
      for (URI host : loaded.ship().delivery().hosts()) {
        URI root = URI.create(host.toString().replaceAll("/+$", "") + "/");
        try {
          HttpResult result = client.send(HttpRequest.get(root).withTimeout(TEST_TIMEOUT));
          say(root + ": " + (result.isSuccess() ? "OK" : "ERROR " + result.statusLine()));
          failed += result.isSuccess() ? 0 : 1;
        } catch (OrielException e) {
          say(root + ": ERROR " + e.reason());
          failed++;
        }
      }
    }
    return failed == 0 ? 0 : 1;
  }

  private static String hostName() {
    String named = System.getenv("NODE_NAME");
    if (named != null && !named.isEmpty()) {
      return named;
    }
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException _) {
      return "localhost";
    }
  }

  private static Map<String, Object> hostFields() {
    Map<String, Object> os = new LinkedHashMap<>();
    os.put("name", System.getProperty("os.name", ""));
    os.put("kernel", System.getProperty("os.version", ""));
    Map<String, Object> host = new LinkedHashMap<>();
    host.put("hostname", hostName());
    host.put("architecture", System.getProperty("os.arch", ""));
    host.put("os", os);
    return new LinkedHashMap<>(Map.of("host", host));
  }
}
