package io.oriel.metrics.config;

import io.oriel.model.labels.Labels;
import io.oriel.runtime.config.ConfigMap;
import io.oriel.runtime.http.HttpClientConfig;
import java.nio.file.Path;
import java.util.Map;

/// Where else to read samples from: an item of `remote_read`.
///
/// @param requiredMatchers a query that has not all of them as equality matchers does not go there
/// @param chunkedReadLimit bytes that one frame of a streamed answer may have
/// @param readRecent whether it is asked for ranges that the local storage has in full
public record RemoteReadConfig(
    String name,
    String url,
    long timeoutMillis,
    long chunkedReadLimit,
    Map<String, String> headers,
    boolean readRecent,
    Labels requiredMatchers,
    boolean filterExternalLabels,
    HttpClientConfig client) {
  private static final long CHUNKED_READ_LIMIT = 50_000_000;

  public RemoteReadConfig {
    headers = Map.copyOf(headers);
  }

  static RemoteReadConfig bind(ConfigMap in, Path directory) {
    if (!in.has("url")) {
      in.problem("url", "url for remote_read is empty");
    }
    long frame = in.integer("chunked_read_limit", CHUNKED_READ_LIMIT);
    if (frame < 0) {
      in.problem("chunked_read_limit", "got " + frame + ", want zero or more");
    }
    return new RemoteReadConfig(
        in.string("name", ""),
        in.string("url", ""),
        in.durationMillis("remote_timeout", 60_000),
        frame,
        RemoteWriteConfig.headers(in),
        in.bool("read_recent", false),
        DiscoveryBinder.labels(in, "required_matchers"),
        in.bool("filter_external_labels", true),
        HttpClientConfig.bind(in).in(directory));
  }
}
