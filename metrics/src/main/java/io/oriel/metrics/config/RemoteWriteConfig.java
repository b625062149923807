package io.oriel.metrics.config;

import io.oriel.model.labels.NameValidation;
import io.oriel.model.labels.Quoted;
import io.oriel.model.relabel.RelabelConfig;
import io.oriel.runtime.config.ConfigMap;
import io.oriel.runtime.http.HttpClientConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// Where to send samples: an item of `remote_write`.
///
/// @param version which message is sent
/// @param signer the way of signing requests that is configured and that we do not have; empty for
///   none
public record RemoteWriteConfig(
    String name,
    String url,
    Version version,
    long timeoutMillis,
    Map<String, String> headers,
    List<RelabelConfig> relabel,
    boolean sendExemplars,
    boolean sendNativeHistograms,
    Queue queue,
    Metadata metadata,
    String signer,
    HttpClientConfig client) {
  /// The protocol's version.
  public enum Version {
    V1,
    V2
  }

  /// How sending is spread and paced.
  public record Queue(
      int capacity,
      int maxShards,
      int minShards,
      int maxSamplesPerSend,
      long batchDeadlineMillis,
      long minBackoffMillis,
      long maxBackoffMillis,
      boolean retryOn429,
      long sampleAgeLimitMillis) {}

  /// Whether and how often version 1 sends metadata.
  public record Metadata(boolean send, long intervalMillis, int maxSamplesPerSend) {}

  private static final Set<String> RESERVED =
      Set.of(
          "authorization",
          "host",
          "content-encoding",
          "content-length",
          "content-type",
          "user-agent",
          "connection",
          "keep-alive",
          "proxy-authenticate",
          "proxy-authorization",
          "www-authenticate",
          "accept-encoding",
          "x-prometheus-remote-write-version",
          "x-prometheus-remote-read-version",
          "x-prometheus-scrape-timeout-seconds",
          "x-amz-date",
          "x-amz-security-token",
          "x-amz-content-sha256");

  public RemoteWriteConfig {
    headers = Map.copyOf(headers);
    relabel = List.copyOf(relabel);
  }

  static RemoteWriteConfig bind(ConfigMap in, NameValidation names, Path directory) {
    if (!in.has("url")) {
      in.problem("url", "url for remote_write is empty");
    }
    HttpClientConfig client = client(in, directory);
    String signer = authentication(in, client);
    return new RemoteWriteConfig(
        in.string("name", ""),
        in.string("url", ""),
        in.choice(
            "protobuf_message",
            Version.V1,
            Map.of(
                "prometheus.WriteRequest", Version.V1,
                "io.prometheus.write.v2.Request", Version.V2)),
        in.durationMillis("remote_timeout", 30_000),
        headers(in),
        RelabelBinder.bind(
            in, "write_relabel_configs", "relabeling rule in remote write config", names),
        in.bool("send_exemplars", false),
        in.bool("send_native_histograms", false),
        queue(in.map("queue_config")),
        metadata(in.map("metadata_config")),
        signer,
        client);
  }

  private static String authentication(ConfigMap in, HttpClientConfig client) {
    String signer = "";
    in.bool("round_robin_dns", false);
    int ways = 0;
    for (String key : List.of("sigv4", "azuread", "google_iam")) {
      if (in.has(key)) {
        in.map(key).keys().forEach(in.map(key)::has);
        signer = key;
        ways++;
      }
    }
    boolean http =
        client.basicAuth().isPresent()
            || client.authorization().isPresent()
            || client.oauth2().isPresent();
    if (ways > 1 || (ways == 1 && http)) {
      in.problem(
          "",
          "at most one of basic_auth, authorization, oauth2, sigv4, azuread or google_iam must be"
              + " configured");
    }
    return signer;
  }

  /// The extra headers under `headers`; those that the protocol owns are mistakes. HTTP/2 is off
  /// unless asked for, as upstream has it here.
  private static HttpClientConfig client(ConfigMap in, Path directory) {
    HttpClientConfig bound = HttpClientConfig.bind(in).in(directory);
    return new HttpClientConfig(
        bound.basicAuth(),
        bound.authorization(),
        bound.oauth2(),
        bound.tls(),
        bound.proxy(),
        bound.followRedirects(),
        in.bool("enable_http2", false),
        bound.headers(),
        bound.headerFiles());
  }

  static Map<String, String> headers(ConfigMap in) {
    Map<String, String> headers = in.stringMap("headers");
    for (String name : headers.keySet()) {
      String lower = name.toLowerCase(Locale.ROOT);
      if (lower.equals("authorization")) {
        in.problem(
            "headers",
            "authorization header must be changed via the basic_auth, authorization or oauth2 parameter");
      } else if (RESERVED.contains(lower)) {
        in.problem("headers", Quoted.of(name) + " is a reserved header, it must not be changed");
      }
    }
    return headers;
  }

  private static Queue queue(ConfigMap in) {
    Queue queue =
        new Queue(
            positive(in, "capacity", 10_000),
            positive(in, "max_shards", 50),
            (int) in.integer("min_shards", 1),
            positive(in, "max_samples_per_send", 2_000),
            in.durationMillis("batch_send_deadline", 5_000),
            in.durationMillis("min_backoff", 30),
            in.durationMillis("max_backoff", 5_000),
            in.bool("retry_on_http_429", false),
            in.durationMillis("sample_age_limit", 0));
    if (queue.minShards > queue.maxShards) {
      in.problem("min_shards", "min_shards must not be larger than max_shards");
    }
    return queue;
  }

  private static Metadata metadata(ConfigMap in) {
    return new Metadata(
        in.bool("send", true),
        in.durationMillis("send_interval", 60_000),
        positive(in, "max_samples_per_send", 2_000));
  }

  private static int positive(ConfigMap in, String key, int fallback) {
    long value = in.integer(key, fallback);
    if (value < 1 || value > Integer.MAX_VALUE) {
      in.problem(key, "got " + value + ", want a number greater than 0");
      return fallback;
    }
    return (int) value;
  }
}
