package io.oriel.gateway.route;

import io.oriel.gateway.quota.ClusterQuota;
import io.oriel.model.error.OrielException;
import io.oriel.runtime.config.ConfigDocument;
import io.oriel.runtime.config.ConfigMap;
import io.oriel.runtime.http.HttpClientConfig;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What the gateway lets through to where: the file behind `--config.file`.
///
/// @param engines addresses of one engine's nodes, asked in turn
/// @param engineClient how to reach them, as Prometheus' `http_config` writes it
/// @param clusters by name; empty for every cluster that has a certificate
/// @param standardQuota of clusters without one of their own
/// @param ownIndices patterns, see the format's page; empty for the platform's own
/// @param sharedIndices patterns
/// @param reportedVersion of Elasticsearch that clients are told at least
public record GatewayConfig(
    List<URI> engines,
    HttpClientConfig engineClient,
    Map<String, Cluster> clusters,
    ClusterQuota standardQuota,
    List<String> ownIndices,
    List<String> sharedIndices,
    String reportedVersion,
    Limits limits) {
  /// A version that clients of Elasticsearch 8 are content with; newer ones are told their own.
  public static final String STANDARD_VERSION = "8.19.0";

  /// One cluster that may come in.
  ///
  /// @param environment what its documents are stamped with
  public record Cluster(String environment, ClusterQuota quota) {}

  /// Bounds on single requests and on all together.
  ///
  /// @param bodyBytes of a request, before and after decompression; Elasticsearch's
  ///   `http.max_content_length`
  /// @param documentBytes of one document
  /// @param inFlightBytes that all requests hold together
  public record Limits(long bodyBytes, int documentBytes, long inFlightBytes) {
    /// Elasticsearch's 100 MiB a body, 10 MiB a document, 256 MiB together.
    public static Limits standard() {
      return new Limits(100L << 20, 10 << 20, 256L << 20);
    }

    public Limits {
      if (bodyBytes < 1 || documentBytes < 1 || inFlightBytes < bodyBytes) {
        throw OrielException.invalid(
            "limits: want positive sizes, and in_flight_bytes of at least body_bytes");
      }
    }
  }

  public GatewayConfig {
    engines = List.copyOf(engines);
    clusters = Map.copyOf(clusters);
    ownIndices = List.copyOf(ownIndices);
    sharedIndices = List.copyOf(sharedIndices);
    if (engines.isEmpty()) {
      throw OrielException.invalid("engine.urls: got none, want at least one");
    }
  }

  /// One engine for every cluster with a certificate, no quotas.
  public static GatewayConfig to(URI engine) {
    return new GatewayConfig(
        List.of(engine),
        HttpClientConfig.standard(),
        Map.of(),
        ClusterQuota.NONE,
        List.of(),
        List.of(),
        STANDARD_VERSION,
        Limits.standard());
  }

  /// Reads {@code file}.
  ///
  /// @throws io.oriel.runtime.config.ConfigException with every mistake and its line
  public static GatewayConfig load(Path file) throws IOException {
    ConfigDocument document = ConfigDocument.load(file);
    ConfigMap in = document.root();
    ConfigMap engine = in.map("engine");
    Map<String, Cluster> clusters = new LinkedHashMap<>();
    ClusterQuota standard = quota(in.map("quota"), ClusterQuota.NONE);
    for (ConfigMap item : in.maps("clusters")) {
      String name = item.requiredString("name");
      Cluster cluster =
          new Cluster(item.requiredString("environment"), quota(item.map("quota"), standard));
      if (clusters.put(name, cluster) != null) {
        item.problem("name", "there are two clusters called " + name);
      }
    }
    ConfigMap indices = in.map("indices");
    ConfigMap limits = in.map("limits");
    Limits bounds = Limits.standard();
    List<URI> urls = urls(engine);
    HttpClientConfig client = HttpClientConfig.bind(engine.map("http_config")).in(directory(file));
    List<String> own = indices.strings("own");
    List<String> shared = indices.strings("shared");
    String version = in.string("elasticsearch_version", STANDARD_VERSION);
    if (!version.matches("[0-9]+\\.[0-9]+\\.[0-9]+")) {
      in.problem("elasticsearch_version", "got " + version + ", want three numbers like 8.19.0");
    }
    long body = limits.sizeBytes("body_bytes", bounds.bodyBytes());
    long single = limits.sizeBytes("document_bytes", bounds.documentBytes());
    long held = limits.sizeBytes("in_flight_bytes", Math.max(body, bounds.inFlightBytes()));
    if (body < 1 || single < 1 || single > Integer.MAX_VALUE / 2 || held < body) {
      in.problem("limits", "want positive sizes, and in_flight_bytes of at least body_bytes");
    }
    document.check();
    return new GatewayConfig(
        urls,
        client,
        clusters,
        standard,
        own,
        shared,
        version,
        new Limits(body, (int) single, held));
  }

  private static Path directory(Path file) {
    Path parent = file.toAbsolutePath().getParent();
    return parent == null ? Path.of("/") : parent;
  }

  private static List<URI> urls(ConfigMap engine) {
    List<URI> urls = new ArrayList<>();
    for (String text : engine.strings("urls")) {
      try {
        URI uri = new URI(text);
        boolean usable =
            uri.getHost() != null
                && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()));
        if (!usable) {
          engine.problem("urls", "got " + text + ", want http:// or https:// with a host");
        } else {
          urls.add(uri);
        }
      } catch (URISyntaxException e) {
        engine.problem("urls", "got " + text + ": " + e.getReason());
      }
    }
    if (urls.isEmpty()) {
      engine.problem("urls", "got none, want at least one");
    }
    return urls;
  }

  private static ClusterQuota quota(ConfigMap in, ClusterQuota standard) {
    long bytes = in.sizeBytes("bytes_per_second", standard.bytesPerSecond());
    long documents = in.integer("documents_per_second", standard.documentsPerSecond());
    long requests = in.integer("concurrent_requests", standard.concurrentRequests());
    if (documents < 0 || requests < 0 || requests > Integer.MAX_VALUE) {
      in.problem("", "want no negative number");
      return standard;
    }
    return new ClusterQuota(bytes, documents, (int) requests);
  }
}
