package io.oriel.app.role.metrics;

import io.oriel.metrics.api.Notifications;
import io.oriel.metrics.api.SearchApi;
import io.oriel.metrics.remote.ReadApi;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Quoted;
import io.oriel.model.time.DurationSyntax;
import io.oriel.runtime.http.HttpServerConfig;
import io.oriel.runtime.http.WebConfig;
import io.oriel.wire.remotewrite.RemoteWriteVersion;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Option;

/// The `--web.*` and `--storage.remote.read-*` flags.
final class WebFlags {
  private static final int MAX_BODY_BYTES = 64 << 20;

  @Option(
      names = "--web.listen-address",
      paramLabel = "ADDR",
      description = "Address to listen on.")
  private String listenAddress = "0.0.0.0:9090";

  @Option(names = "--web.config.file", paramLabel = "FILE", description = "TLS and authentication.")
  private String webConfigFile = "";

  @Option(
      names = "--web.read-timeout",
      paramLabel = "DURATION",
      description = "Idle connections are closed after this.")
  private String readTimeout = "5m";

  @Option(names = "--web.max-connections", description = "Most connections at once.")
  private int maxConnections = 512;

  @Option(
      names = "--web.external-url",
      paramLabel = "URL",
      description = "Where links in alerts lead.")
  private String externalUrl = "";

  @Option(
      names = "--web.route-prefix",
      paramLabel = "PATH",
      description = "Put before every path; the external URL's path by default.")
  private String routePrefix = "";

  @Option(names = "--web.enable-lifecycle", description = "Allow reload and quit over HTTP.")
  private boolean lifecycle;

  @Option(names = "--web.enable-admin-api", description = "Allow deletion and snapshots over HTTP.")
  private boolean adminApi;

  @Option(names = "--web.enable-remote-write-receiver", description = "Accept remote write.")
  private boolean remoteWriteReceiver;

  @Option(
      names = "--web.remote-write-receiver.accepted-protobuf-messages",
      split = ",",
      paramLabel = "NAME",
      description = "Messages that remote write may send.")
  private List<String> acceptedMessages =
      List.of(RemoteWriteVersion.V1.message(), RemoteWriteVersion.V2.message());

  @Option(names = "--web.enable-otlp-receiver", description = "Accept OTLP metrics.")
  private boolean otlpReceiver;

  @Option(
      names = "--web.cors.origin",
      paramLabel = "REGEX",
      description = "Origins that may read answers.")
  private String corsOrigin = ".*";

  @Option(
      names = "--storage.remote.read-sample-limit",
      description = "Most samples of one remote read that is not streamed; 0 for no limit.")
  private long readSamples = 50_000_000;

  @Option(
      names = "--storage.remote.read-concurrent-limit",
      description = "Remote reads at once; 0 for no limit.")
  private int readConcurrency = 10;

  @Option(
      names = "--storage.remote.read-max-bytes-in-frame",
      description = "What a frame of a streamed remote read holds at most.")
  private int readFrameBytes = 1 << 20;

  @Option(
      names = "--web.search.max-limit",
      description = "Most results of one search; 0 for no limit.")
  private int searchLimit = SearchApi.Options.MOST_LIMIT;

  @Option(
      names = "--web.max-notifications-subscribers",
      description = "How many may follow notifications at once.")
  private int notificationSubscribers = Notifications.MOST_SUBSCRIBERS;

  @Option(
      names = {
        "--web.console.templates",
        "--web.console.libraries",
        "--web.user-assets",
        "--web.page-title"
      },
      hidden = true,
      description = "Accepted for manifests that have it; there is nothing it could do.")
  private List<String> unused = List.of();

  HttpServerConfig server() throws IOException {
    WebConfig web =
        webConfigFile.isEmpty() ? WebConfig.open() : WebConfig.load(Path.of(webConfigFile));
    return new HttpServerConfig(
        listenAddress,
        prefix(),
        DurationSyntax.parse(readTimeout),
        maxConnections,
        MAX_BODY_BYTES,
        corsOrigin,
        web);
  }

  String externalUrl() {
    return externalUrl.isEmpty() ? "http://" + listenAddress : externalUrl.replaceAll("/+$", "");
  }

  /// @param otlpDeltas whether the feature `otlp-native-delta-ingestion` is on
  /// @param search whether the feature `search-api` is on
  MetricsOptions.Api api(boolean otlpDeltas, boolean search) {
    return new MetricsOptions.Api(
        lifecycle,
        adminApi,
        remoteWriteReceiver ? versions() : Set.of(),
        otlpReceiver,
        otlpDeltas,
        new ReadApi.Limits(
            readSamples,
            readConcurrency == 0 ? Integer.MAX_VALUE : readConcurrency,
            readFrameBytes),
        new SearchApi.Options(search, searchLimit),
        notificationSubscribers);
  }

  private Set<RemoteWriteVersion> versions() {
    Set<RemoteWriteVersion> versions = EnumSet.noneOf(RemoteWriteVersion.class);
    for (String name : acceptedMessages) {
      RemoteWriteVersion found = null;
      for (RemoteWriteVersion version : RemoteWriteVersion.values()) {
        found = version.message().equals(name) ? version : found;
      }
      if (found == null) {
        throw OrielException.invalid(
            "--web.remote-write-receiver.accepted-protobuf-messages: got "
                + Quoted.of(name)
                + ", want "
                + RemoteWriteVersion.V1.message()
                + " or "
                + RemoteWriteVersion.V2.message());
      }
      versions.add(found);
    }
    return versions;
  }

  private String prefix() {
    String path = routePrefix;
    if (path.isEmpty() && !externalUrl.isEmpty()) {
      path = URI.create(externalUrl).getPath();
    }
    return ("/" + path).replaceAll("/+", "/").replaceAll("/$", "");
  }
}
