package io.oriel.metrics.discovery;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.oriel.metrics.config.DiscoveryConfig;
import io.oriel.runtime.http.Authorization;
import io.oriel.runtime.http.BasicAuth;
import io.oriel.runtime.http.HttpClientConfig;
import io.oriel.runtime.tls.TlsConfig;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Which API server is asked, and as whom: a kubeconfig file, an `api_server` with the job's HTTP
/// settings, or the cluster that this process runs in.
final class KubernetesAccess {
  private KubernetesAccess() {}

  /// A client that connects when it is first used. The caller closes it.
  ///
  /// @throws IOException when a file with credentials cannot be read
  static KubernetesClient open(DiscoveryConfig.Kubernetes config) throws IOException {
    return new KubernetesClientBuilder().withConfig(access(config)).build();
  }

  private static Config access(DiscoveryConfig.Kubernetes config) throws IOException {
    if (!config.kubeconfigFile().isEmpty()) {
      return Config.fromKubeconfig(new File(config.kubeconfigFile()));
    }
    if (config.apiServer().isEmpty()) {
      return Config.autoConfigure(null);
    }
    HttpClientConfig http = config.client();
    ConfigBuilder builder = new ConfigBuilder(Config.empty()).withMasterUrl(config.apiServer());
    TlsConfig tls = http.tls();
    builder.withTrustCerts(tls.insecureSkipVerify());
    if (!tls.caFile().isEmpty()) {
      builder.withCaCertFile(tls.caFile());
    }
    if (!tls.certFile().isEmpty()) {
      builder.withClientCertFile(tls.certFile());
    }
    if (!tls.keyFile().isEmpty()) {
      builder.withClientKeyFile(tls.keyFile());
    }
    if (http.basicAuth().isPresent()) {
      BasicAuth auth = http.basicAuth().get();
      builder.withUsername(text(auth.username(), auth.usernameFile()));
      builder.withPassword(text(auth.password().reveal(), auth.passwordFile()));
    }
    if (http.authorization().isPresent()) {
      Authorization auth = http.authorization().get();
      // Read for each request, because tokens are renewed in place.
      builder.withOauthTokenProvider(() -> token(auth));
    }
    return builder.build();
  }

  private static String token(Authorization auth) {
    try {
      return text(auth.credentials().reveal(), auth.credentialsFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(String inline, String file) throws IOException {
    return file.isEmpty() ? inline : Files.readString(Path.of(file)).strip();
  }
}
