package io.oriel.app.flag;

import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.runtime.http.WebConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import picocli.CommandLine.Option;

/// The `--http-address` and `--http.config` flags.
public final class HttpFlags {
  private static final int MAX_CONNECTIONS = 512;
  private static final int MAX_BODY_BYTES = 64 << 20;

  @Option(names = "--http-address", paramLabel = "ADDR", description = "Where HTTP is served.")
  private String address = "0.0.0.0:10902";

  @Option(names = "--http.config", paramLabel = "FILE", description = "TLS and authentication.")
  private String configFile = "";

  @Option(names = "--web.route-prefix", paramLabel = "PATH", description = "Put before every path.")
  private String routePrefix = "";

  /// The server that the flags describe.
  ///
  /// @throws io.oriel.runtime.config.ConfigException with what is wrong in the file
  public HttpServerConfig config() throws IOException {
    WebConfig web = configFile.isEmpty() ? WebConfig.open() : WebConfig.load(Path.of(configFile));
    return new HttpServerConfig(
        address,
        ("/" + routePrefix).replaceAll("/+", "/").replaceAll("/$", ""),
        Duration.ofMinutes(5),
        MAX_CONNECTIONS,
        MAX_BODY_BYTES,
        ".*",
        web);
  }
}
