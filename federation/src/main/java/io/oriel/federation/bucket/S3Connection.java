package io.oriel.federation.bucket;

import io.oriel.model.error.Kind;
import io.oriel.runtime.tls.TlsMaterial;
import java.io.IOException;
import java.net.URI;
import javax.net.ssl.KeyManager;
import javax.net.ssl.TrustManager;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/// Makes the SDK's client of a config.
final class S3Connection {
  private static final String ANY_REGION = "us-east-1";

  private S3Connection() {}

  /// A client, which has connected to nothing yet. The caller closes it.
  ///
  /// Retries are left to {@link RetryingBucket} unless the config asks for some here. Checksums
  /// beyond what S3 demands are off, because many stores that speak S3 do not know them.
  static S3Client open(S3Config config) {
    URI endpoint = URI.create((config.insecure() ? "http://" : "https://") + config.endpoint());
    return S3Client.builder()
        .endpointOverride(endpoint)
        .region(Region.of(region(config)))
        .forcePathStyle(config.usesPath())
        .credentialsProvider(credentials(config))
        .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
        .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
        .overrideConfiguration(
            o ->
                o.retryStrategy(
                    config.retries() == 0
                        ? AwsRetryStrategy.doNotRetry()
                        : AwsRetryStrategy.standardRetryStrategy().toBuilder()
                            .maxAttempts(config.retries() + 1)
                            .build()))
        .httpClient(http(config))
        .build();
  }

  /// What the config says, or what the host name of Amazon's endpoints says.
  private static String region(S3Config config) {
    if (!config.region().isEmpty()) {
      return config.region();
    }
    String[] parts = config.endpoint().split("\\.");
    boolean names = parts.length == 4 && parts[0].equals("s3") && parts[2].equals("amazonaws");
    return names ? parts[1] : ANY_REGION;
  }

  private static AwsCredentialsProvider credentials(S3Config config) {
    if (config.accessKey().isEmpty()) {
      return DefaultCredentialsProvider.builder().build();
    }
    String secret = config.secretKey().reveal();
    AwsCredentials credentials =
        config.sessionToken().isEmpty()
            ? AwsBasicCredentials.create(config.accessKey(), secret)
            : AwsSessionCredentials.create(
                config.accessKey(), secret, config.sessionToken().reveal());
    return StaticCredentialsProvider.create(credentials);
  }

  private static SdkHttpClient http(S3Config config) {
    UrlConnectionHttpClient.Builder builder =
        UrlConnectionHttpClient.builder().socketTimeout(config.responseTimeout());
    if (!config.insecure()) {
      try {
        TlsMaterial tls = TlsMaterial.load(config.tls());
        builder.tlsTrustManagersProvider(() -> new TrustManager[] {tls.trustManager()});
        if (config.tls().hasKeyPair()) {
          builder.tlsKeyManagersProvider(() -> new KeyManager[] {tls.keyManager()});
        }
      } catch (IOException e) {
        throw new BucketException(
            Kind.INVALID, "open", config.bucket(), "", "tls_config: " + e.getMessage(), e);
      }
    }
    return builder.build();
  }
}
