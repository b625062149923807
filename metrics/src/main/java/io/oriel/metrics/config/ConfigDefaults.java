package io.oriel.metrics.config;

import io.oriel.model.error.OrielException;
import io.oriel.model.time.DurationSyntax;
import io.oriel.runtime.config.ByteSize;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Fills in what a config leaves out, and writes what it says in upstream's one way: for
/// `status/config`, where clients read what a server really does.
///
/// The facts are those of Prometheus 3.14, config/config.go: which keys there are in which order,
/// what they are when they are not given, and which are left out while they are empty.
final class ConfigDefaults {
  /** `name`, `name=default`, and `!` behind what is shown even when it is empty. */
  private static final Map<String, String> SECTIONS =
      Map.ofEntries(
          Map.entry(
              "",
              "global runtime={} alerting rule_files scrape_config_files scrape_configs storage"
                  + " tracing remote_write remote_read otlp={}"),
          Map.entry(
              "global",
              "scrape_interval scrape_timeout scrape_protocols evaluation_interval"
                  + " rule_query_offset query_log_file scrape_failure_log_file external_labels"
                  + " body_size_limit sample_limit target_limit label_limit"
                  + " label_name_length_limit label_value_length_limit keep_dropped_targets"
                  + " metric_name_validation_scheme metric_name_escaping_scheme"
                  + " scrape_native_histograms=false! convert_classic_histograms_to_nhcb"
                  + " always_scrape_classic_histograms extra_scrape_metrics=false!"),
          Map.entry("runtime", "gogc=75"),
          Map.entry("alerting", "alert_relabel_configs alertmanagers"),
          Map.entry(
              "alertmanagers",
              "@http scheme=http path_prefix timeout=10s api_version=v2 relabel_configs"
                  + " alert_relabel_configs"),
          Map.entry(
              "scrape_configs",
              "job_name honor_labels honor_timestamps=true! track_timestamps_staleness=false!"
                  + " params scrape_interval scrape_timeout scrape_protocols"
                  + " fallback_scrape_protocol scrape_native_histograms!"
                  + " always_scrape_classic_histograms! convert_classic_histograms_to_nhcb!"
                  + " scrape_failure_log_file metrics_path=/metrics scheme=http"
                  + " enable_compression=true! body_size_limit sample_limit target_limit"
                  + " label_limit label_name_length_limit label_value_length_limit"
                  + " native_histogram_bucket_limit native_histogram_min_bucket_factor"
                  + " keep_dropped_targets metric_name_validation_scheme"
                  + " metric_name_escaping_scheme extra_scrape_metrics! @http relabel_configs"
                  + " metric_relabel_configs"),
          Map.entry(
              "@http",
              "basic_auth authorization oauth2 tls_config follow_redirects=true!"
                  + " enable_http2=true! proxy_url no_proxy proxy_from_environment"
                  + " proxy_connect_header http_headers"),
          Map.entry("authorization", "type=Bearer credentials credentials_file credentials_ref"),
          Map.entry(
              "tls_config",
              "ca ca_file cert cert_file key key_file server_name insecure_skip_verify=false!"
                  + " min_version max_version"),
          Map.entry(
              "relabel_configs",
              "source_labels separator=;! regex=(.*) modulus target_label replacement=$1!"
                  + " action=replace"),
          Map.entry("file_sd_configs", "files refresh_interval=5m"),
          Map.entry("http_sd_configs", "@http refresh_interval=1m url"),
          Map.entry("dns_sd_configs", "names refresh_interval=30s type=SRV port=0!"),
          Map.entry(
              "kubernetes_sd_configs",
              "api_server role kubeconfig_file=! @http namespaces selectors attach_metadata"),
          Map.entry("namespaces", "own_namespace=false! names=[]!"),
          Map.entry(
              "attach_metadata",
              "node=false! namespace=false! deployment=false! job=false! cronjob=false!"),
          Map.entry(
              "remote_write",
              "url remote_timeout=30s headers write_relabel_configs name send_exemplars"
                  + " send_native_histograms round_robin_dns"
                  + " protobuf_message=prometheus.WriteRequest failed_request_logging"
                  + " enable_http2=false! @http queue_config={} metadata_config={} sigv4 azuread"
                  + " google_iam"),
          Map.entry(
              "queue_config",
              "capacity=10000 max_shards=50 min_shards=1 max_samples_per_send=2000"
                  + " batch_send_deadline=5s min_backoff=30ms max_backoff=5s retry_on_http_429"
                  + " sample_age_limit"),
          Map.entry("metadata_config", "send=true! send_interval=1m! max_samples_per_send=2000"),
          Map.entry(
              "remote_read",
              "url remote_timeout=1m chunked_read_limit=50000000 headers read_recent name @http"
                  + " required_matchers filter_external_labels=true"),
          Map.entry("storage", "tsdb exemplars"),
          Map.entry("exemplars", "max_exemplars=100000"),
          Map.entry(
              "tracing",
              "client_type=grpc endpoint sampling_fraction insecure tls_config headers compression"
                  + " timeout"),
          Map.entry(
              "otlp",
              "promote_all_resource_attributes promote_resource_attributes"
                  + " ignore_resource_attributes"
                  + " translation_strategy=UnderscoreEscapingWithSuffixes"
                  + " keep_identifying_resource_attributes convert_histograms_to_nhcb"
                  + " promote_scope_metadata label_name_underscore_sanitization=true"
                  + " label_name_preserve_multiple_underscores=true"));

  private static final Set<String> DURATIONS =
      Set.of(
          "scrape_interval",
          "scrape_timeout",
          "evaluation_interval",
          "rule_query_offset",
          "refresh_interval",
          "timeout",
          "remote_timeout",
          "batch_send_deadline",
          "min_backoff",
          "max_backoff",
          "sample_age_limit",
          "send_interval",
          "out_of_order_time_window");

  private static final Set<String> FILES =
      Set.of(
          "query_log_file",
          "scrape_failure_log_file",
          "ca_file",
          "cert_file",
          "key_file",
          "username_file",
          "password_file",
          "credentials_file",
          "bearer_token_file",
          "client_secret_file",
          "kubeconfig_file",
          "files",
          "rule_files",
          "scrape_config_files");

  /** Maps whose keys are names that somebody chose. */
  private static final Set<String> NAMED =
      Set.of(
          "external_labels",
          "labels",
          "params",
          "headers",
          "http_headers",
          "proxy_connect_header",
          "required_matchers",
          "endpoint_params");

  private static final Set<String> ADDRESSES =
      Set.of("url", "proxy_url", "api_server", "token_url");
  private static final String[] UNITS = {"EiB", "PiB", "TiB", "GiB", "MiB", "KiB", "B"};

  private final @Nullable Path directory;

  /// @param directory is put before relative names of files; null for none
  ConfigDefaults(@Nullable Path directory) {
    this.directory = directory;
  }

  /// The config with all that it leaves out.
  Map<String, @Nullable Object> complete(Map<String, @Nullable Object> config) {
    return section("", config);
  }

  private Map<String, @Nullable Object> section(String name, Map<?, ?> given) {
    Map<Object, @Nullable Object> rest = new LinkedHashMap<>(given);
    bearerToken(rest);
    Map<String, @Nullable Object> shown = new LinkedHashMap<>();
    fill(SECTIONS.getOrDefault(name, ""), rest, shown);
    rest.forEach((key, value) -> show(String.valueOf(key), value, false, shown));
    return shown;
  }

  private void fill(
      String fields, Map<Object, @Nullable Object> rest, Map<String, @Nullable Object> shown) {
    for (String field : fields.split(" ", -1)) {
      if (field.startsWith("@")) {
        fill(SECTIONS.getOrDefault(field, ""), rest, shown);
        continue;
      }
      boolean always = field.endsWith("!");
      String text = always ? field.substring(0, field.length() - 1) : field;
      int equals = text.indexOf('=');
      String key = equals < 0 ? text : text.substring(0, equals);
      boolean told = shown.containsKey(key);
      Object value = rest.remove(key);
      if (value == null && equals >= 0) {
        value = preset(text.substring(equals + 1));
      }
      if (!told) {
        show(key, value, always, shown);
      }
    }
  }

  private static Object preset(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      case "{}" -> Map.of();
      case "[]" -> List.of();
      default -> text.matches("\\d+") ? Long.valueOf(text) : text;
    };
  }

  /// The old way to say `authorization`.
  private static void bearerToken(Map<Object, @Nullable Object> given) {
    Object token = given.remove("bearer_token");
    Object file = given.remove("bearer_token_file");
    if (token != null) {
      given.put("authorization", Map.of("type", "Bearer", "credentials", token));
    } else if (file != null) {
      given.put("authorization", Map.of("type", "Bearer", "credentials_file", file));
    }
  }

  private void show(
      String key, @Nullable Object value, boolean always, Map<String, @Nullable Object> shown) {
    if (value == null) {
      return;
    }
    Object written = written(key, value);
    if (always || !isEmpty(written)) {
      shown.put(key, written);
    }
  }

  private static boolean isEmpty(Object value) {
    return switch (value) {
      case Map<?, ?> map -> map.isEmpty();
      case List<?> list -> list.isEmpty();
      case Boolean truth -> !truth;
      case Number number -> number.doubleValue() == 0;
      default -> value.toString().isEmpty() || value.equals("0s") || value.equals("0B");
    };
  }

  private Object written(String key, Object value) {
    if (NAMED.contains(key)) {
      return value;
    }
    String kind = key.endsWith("relabel_configs") ? "relabel_configs" : key;
    if (FILES.contains(key)) {
      return value instanceof List<?> list
          ? list.stream().map(item -> resolved(String.valueOf(item))).toList()
          : resolved(value.toString());
    }
    if (value instanceof Map<?, ?> map) {
      return SECTIONS.containsKey(kind) ? section(kind, map) : each(map);
    }
    if (value instanceof List<?> list) {
      List<Object> items = new ArrayList<>();
      for (Object item : list) {
        items.add(item instanceof Map<?, ?> map ? section(kind, map) : item);
      }
      return items;
    }
    return scalar(key, value);
  }

  private Map<String, @Nullable Object> each(Map<?, ?> map) {
    Map<String, @Nullable Object> shown = new LinkedHashMap<>();
    map.forEach(
        (key, value) ->
            shown.put(
                String.valueOf(key), value == null ? null : written(String.valueOf(key), value)));
    return shown;
  }

  private static Object scalar(String key, Object value) {
    String text = value.toString();
    if (DURATIONS.contains(key)) {
      return duration(text, value);
    }
    if (key.equals("body_size_limit")) {
      return size(ByteSize.parse(text));
    }
    if (key.equals("action")) {
      return text.toLowerCase(java.util.Locale.ROOT);
    }
    return ADDRESSES.contains(key) ? text.replaceFirst("(://[^/@:]*):[^/@]*@", "$1:xxxxx@") : value;
  }

  /// Kinds of discovery that we do not run may mean something else by the key.
  private static Object duration(String text, Object fallback) {
    try {
      return DurationSyntax.format(DurationSyntax.parseMillis(text));
    } catch (OrielException _) {
      return fallback;
    }
  }

  /// Powers of two, each unit once: `1MiB512KiB`.
  private static String size(long bytes) {
    StringBuilder text = new StringBuilder();
    long rest = bytes;
    for (int i = 0; i < UNITS.length; i++) {
      long unit = 1L << 10 * (UNITS.length - 1 - i);
      if (rest >= unit) {
        text.append(rest / unit).append(UNITS[i]);
        rest %= unit;
      }
    }
    return text.isEmpty() ? "0B" : text.toString();
  }

  private String resolved(String file) {
    return directory == null || file.isEmpty() ? file : directory.resolve(file).toString();
  }
}
