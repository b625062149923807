package io.oriel.metrics.config;

import io.oriel.runtime.config.ConfigMap;
import io.oriel.runtime.http.HttpClientConfig;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What upstream accepts in the config of a discovery kind that we validate but do not run.
///
/// @param http whether the keys of `http_config` lie among the others
/// @param keys every other key
/// @param required those of the keys that must not be empty
record DiscoveryKind(String name, boolean http, Set<String> keys, Set<String> required) {
  private static final String AWS =
      "region endpoint access_key secret_key profile role_arn external_id refresh_interval port";

  static final Map<String, DiscoveryKind> ALL =
      byName(
          kind("aws", true, AWS + " role filters clusters", ""),
          kind(
              "azure",
              true,
              "environment authentication_method subscription_id tenant_id client_id client_secret"
                  + " resource_group refresh_interval port",
              "subscription_id"),
          kind(
              "consul",
              true,
              "server path_prefix token datacenter namespace partition scheme username password"
                  + " services filter health_filter tags node_meta tag_separator allow_stale"
                  + " refresh_interval",
              ""),
          kind("digitalocean", true, "role port refresh_interval", ""),
          kind(
              "docker",
              true,
              "host port host_networking_host match_first_network filters refresh_interval",
              "host"),
          kind("dockerswarm", true, "host role port filters refresh_interval", "host role"),
          kind("ec2", true, AWS + " filters", ""),
          kind("ecs", true, AWS + " clusters request_concurrency", ""),
          kind("elasticache", true, AWS + " clusters request_concurrency", ""),
          kind("eureka", true, "server refresh_interval", "server"),
          kind(
              "gce",
              false,
              "project zone filter refresh_interval port tag_separator",
              "project zone"),
          kind("hetzner", true, "role port refresh_interval label_selector", "role"),
          kind("ionos", true, "datacenter_id port refresh_interval", "datacenter_id"),
          kind("kuma", true, "server client_id refresh_interval fetch_timeout", "server"),
          kind("lightsail", true, AWS, ""),
          kind("linode", true, "region port tag_separator refresh_interval", ""),
          kind("marathon", true, "servers refresh_interval auth_token auth_token_file", "servers"),
          kind("msk", true, AWS + " clusters request_concurrency", ""),
          kind("nerve", false, "servers paths timeout", "servers paths"),
          kind(
              "nomad",
              true,
              "allow_stale namespace refresh_interval region server tag_separator",
              "server"),
          kind(
              "oci",
              true,
              "auth tenancy user fingerprint key_file key_passphrase key_passphrase_file region"
                  + " compartments port refresh_interval",
              ""),
          kind(
              "openstack",
              false,
              "role region identity_endpoint username userid password domain_name domain_id"
                  + " project_name project_id application_credential_name"
                  + " application_credential_id application_credential_secret all_tenants"
                  + " refresh_interval port availability tls_config",
              "role region"),
          kind(
              "outscale",
              true,
              "region access_key secret_key secret_key_file endpoint port refresh_interval",
              "region access_key"),
          kind(
              "ovhcloud",
              false,
              "application_key application_secret consumer_key service endpoint refresh_interval",
              "application_key application_secret consumer_key service"),
          kind("puppetdb", true, "url query include_parameters refresh_interval port", "url query"),
          kind("rds", true, AWS + " clusters request_concurrency", ""),
          kind(
              "scaleway",
              true,
              "access_key secret_key secret_key_file project_id role port api_url zone name_filter"
                  + " tags_filter refresh_interval",
              "access_key project_id role"),
          kind("serverset", false, "servers paths timeout", "servers paths"),
          kind(
              "stackit",
              true,
              "project region port private_key private_key_path service_account_key"
                  + " service_account_key_path credentials_file_path endpoint refresh_interval",
              "project"),
          kind(
              "triton",
              false,
              "account role dns_suffix endpoint groups port refresh_interval version tls_config",
              "account dns_suffix endpoint"),
          kind(
              "uyuni",
              true,
              "server username password entitlement separator refresh_interval",
              "server username password"),
          kind("vultr", true, "port refresh_interval", ""));

  private static final Map<String, List<String>> CHOICES =
      Map.of(
          "azure.authentication_method",
              List.of("OAuth", "ManagedIdentity", "SDK", "WorkloadIdentity"),
          "dockerswarm.role", List.of("services", "nodes", "tasks"),
          "hetzner.role", List.of("robot", "hcloud"),
          "oci.auth", List.of("api_key", "instance_principal", "workload_identity"),
          "openstack.role", List.of("instance", "hypervisor", "loadbalancer"),
          "ovhcloud.service", List.of("vps", "dedicated_server"),
          "scaleway.role", List.of("instance", "baremetal"),
          "triton.role", List.of("container", "cn"));

  private static DiscoveryKind kind(String name, boolean http, String keys, String required) {
    return new DiscoveryKind(name, http, words(keys), words(required));
  }

  private static Set<String> words(String text) {
    return text.isEmpty() ? Set.of() : Set.of(text.split(" "));
  }

  private static Map<String, DiscoveryKind> byName(DiscoveryKind... kinds) {
    Map<String, DiscoveryKind> map = new LinkedHashMap<>();
    Arrays.stream(kinds).forEach(kind -> map.put(kind.name(), kind));
    return map;
  }

  /// Notes every mistake in {@code in}.
  void check(ConfigMap in) {
    if (!in.isPresent()) {
      in.problem("", "empty or null section in " + name + "_sd_configs");
      return;
    }
    if (http) {
      HttpClientConfig.bind(in);
    }
    keys.forEach(in::has);
    for (String key : required) {
      if (!in.has(key)) {
        in.problem(key, name + " SD configuration requires " + article(key));
      }
    }
    in.durationMillis("refresh_interval", 60_000);
    for (String key : keys) {
      List<String> choices = CHOICES.get(name + "." + key);
      if (choices != null && in.has(key) && !choices.contains(in.string(key, ""))) {
        in.problem(key, "got \"" + in.string(key, "") + "\", want one of " + choices);
      }
    }
    special(in);
  }

  private static String article(String key) {
    return "aeiou".indexOf(key.charAt(0)) >= 0 ? "an " + key : "a " + key;
  }

  private void special(ConfigMap in) {
    switch (name) {
      case "azure" -> azure(in);
      case "marathon" -> marathon(in);
      case "outscale", "scaleway" -> exactlyOne(in, "secret_key", "secret_key_file");
      case "puppetdb" -> WebAddress.require(in, "url");
      case "eureka", "uyuni", "kuma", "nomad" -> {
        if (in.has("server")) {
          WebAddress.require(in, "server");
        }
      }
      default -> {}
    }
  }

  private static void azure(ConfigMap in) {
    if (!in.string("authentication_method", "OAuth").equals("OAuth")) {
      return;
    }
    for (String key : List.of("tenant_id", "client_id", "client_secret")) {
      if (!in.has(key)) {
        in.problem(key, "azure SD configuration requires a " + key);
      }
    }
  }

  private static void marathon(ConfigMap in) {
    boolean token = in.has("auth_token");
    boolean file = in.has("auth_token_file");
    if (token && file) {
      in.problem("auth_token", "at most one of auth_token and auth_token_file must be configured");
    }
    boolean other =
        in.has("basic_auth")
            || in.has("bearer_token")
            || in.has("bearer_token_file")
            || in.has("authorization");
    if ((token || file) && other) {
      in.problem(
          "auth_token",
          "at most one of basic_auth, authorization, auth_token and auth_token_file must be"
              + " configured");
    }
  }

  private static void exactlyOne(ConfigMap in, String a, String b) {
    if (in.has(a) == in.has(b)) {
      in.problem(in.has(a) ? a : "", "exactly one of " + a + " and " + b + " must be configured");
    }
  }
}
