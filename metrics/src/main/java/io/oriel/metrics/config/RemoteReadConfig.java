package io.oriel.metrics.config;

import io.oriel.model.labels.Labels;
import io.oriel.runtime.config.ConfigMap;
import io.oriel.runtime.http.HttpClientConfig;
import java.nio.file.Path;
import java.util.Map;

/// Where else to read samples from: an item of `remote_read`.
///
/// @param requiredMatchers a query that has not all of them as equality matchers does not go there
/// @param readRecent whether it is asked for ranges that the local storage has in full
public record RemoteReadConfig(
    String name,
    String url,
    long timeoutMillis,
    Map<String, String> headers,
    boolean readRecent,
    Labels requiredMatchers,
    boolean filterExternalLabels,
    HttpClientConfig client) {
  public RemoteReadConfig {
    headers = Map.copyOf(headers);
  }

  static RemoteReadConfig bind(ConfigMap in, Path directory) {
    if (!in.has("url")) {
      in.problem("url", "url for remote_read is empty");
    }
    in.has("chunked_read_limit");
    return new RemoteReadConfig(
        in.string("name", ""),
        in.string("url", ""),
        in.durationMillis("remote_timeout", 60_000),
        RemoteWriteConfig.headers(in),
        in.bool("read_recent", false),
        DiscoveryBinder.labels(in, "required_matchers"),
        in.bool("filter_external_labels", true),
        HttpClientConfig.bind(in).in(directory));
  }
}
