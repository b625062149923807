package io.oriel.federation.bucket;

import io.oriel.runtime.config.ConfigMap;
import io.oriel.runtime.config.Secret;
import java.time.Duration;

/// The `config` of an Azure Blob Storage container, with the keys of Thanos' objstore. Keys that
/// tune another HTTP client or its retries are read and have no effect: retries are our own.
///
/// @param account the storage account; not used with a connection string
/// @param connection a connection string; empty: account and key
/// @param endpoint suffix of the account's host
/// @param responseTimeout how long to wait for an answer
record AzureConfig(
    String account,
    Secret key,
    Secret connection,
    String container,
    String endpoint,
    boolean createsContainer,
    Duration responseTimeout)
    implements BucketConfig.Store {
  private static final String DEFAULT_ENDPOINT = "blob.core.windows.net";

  static AzureConfig bind(ConfigMap in) {
    readIneffective(in);
    AzureConfig config =
        new AzureConfig(
            in.string("storage_account", ""),
            in.secret("storage_account_key"),
            in.secret("storage_connection_string"),
            in.requiredString("container"),
            in.string("endpoint", DEFAULT_ENDPOINT),
            in.bool("storage_create_container", false),
            Duration.ofMillis(
                in.map("http_config").durationMillis("response_header_timeout", 120_000)));
    config.check(in);
    return config;
  }

  private static void readIneffective(ConfigMap in) {
    in.has("max_retries");
    in.map("reader_config").has("max_retry_requests");
    ConfigMap pipeline = in.map("pipeline_config");
    for (String key : new String[] {"max_tries", "try_timeout", "retry_delay", "max_retry_delay"}) {
      pipeline.has(key);
    }
    ConfigMap http = in.map("http_config");
    for (String key :
        new String[] {
          "idle_conn_timeout",
          "tls_handshake_timeout",
          "expect_continue_timeout",
          "max_idle_conns",
          "max_idle_conns_per_host",
          "max_conns_per_host",
          "disable_compression"
        }) {
      http.has(key);
    }
    if (http.bool("insecure_skip_verify", false)) {
      http.problem("insecure_skip_verify", "got true, want false: servers are verified");
    }
    ConfigMap tls = http.map("tls_config");
    for (String key : new String[] {"ca_file", "cert_file", "key_file", "server_name"}) {
      if (!tls.string(key, "").isEmpty()) {
        tls.problem(key, "not supported, want the roots in the platform's trust store");
      }
    }
    if (tls.bool("insecure_skip_verify", false)) {
      tls.problem("insecure_skip_verify", "got true, want false: servers are verified");
    }
    for (String key :
        new String[] {
          "user_assigned_id", "msi_resource", "az_tenant_id", "client_id", "client_secret"
        }) {
      if (!in.string(key, "").isEmpty()) {
        in.problem(key, "not supported, want storage_account_key or storage_connection_string");
      }
    }
  }

  private void check(ConfigMap in) {
    if (connection.isEmpty()) {
      if (account.isEmpty()) {
        in.problem("storage_account", "missing, want the name of an account");
      }
      if (key.isEmpty()) {
        in.problem("storage_account_key", "missing, want a key or storage_connection_string");
      }
    } else if (!key.isEmpty()) {
      in.problem("storage_account_key", "got both it and storage_connection_string, want one");
    }
  }

  /// Where the account answers.
  String url() {
    return "https://" + account + "." + endpoint;
  }
}
