package io.oriel.federation.bucket;

import io.oriel.model.error.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;
import tools.jackson.databind.json.JsonMapper;

/// What requests say of the store's encryption at rest: SSE-S3, SSE-KMS, or SSE-C, whose key goes
/// along with every request that touches content.
final class S3Encryption {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String CUSTOMER_ALGORITHM = "AES256";
  private static final int KEY_BYTES = 32;

  private final S3Config.Encryption config;
  private final String kmsContext;
  private final String key;
  private final String keyMd5;

  private S3Encryption(S3Config.Encryption config, String kmsContext, String key, String keyMd5) {
    this.config = config;
    this.kmsContext = kmsContext;
    this.key = key;
    this.keyMd5 = keyMd5;
  }

  static S3Encryption of(S3Config config) {
    S3Config.Encryption encryption = config.encryption();
    Map<String, String> context = new TreeMap<>(encryption.kmsContext());
    String encoded =
        Base64.getEncoder()
            .encodeToString(JSON.writeValueAsString(context).getBytes(StandardCharsets.UTF_8));
    if (encryption.kind() != S3Config.EncryptionKind.CUSTOMER) {
      return new S3Encryption(encryption, encoded, "", "");
    }
    try {
      byte[] bytes = Files.readAllBytes(Path.of(encryption.keyFile()));
      if (bytes.length != KEY_BYTES) {
        throw new IOException("got " + bytes.length + " bytes, want " + KEY_BYTES);
      }
      return new S3Encryption(
          encryption, encoded, Base64.getEncoder().encodeToString(bytes), md5(bytes));
    } catch (IOException e) {
      throw new BucketException(
          Kind.INVALID, "open", config.bucket(), "", "encryption_key: " + e.getMessage(), e);
    }
  }

  /// The MD5 sum of {@code bytes} as S3 wants it, which takes it for a checksum, not for a secret.
  static String md5(byte[] bytes) {
    return Base64.getEncoder().encodeToString(digest().digest(bytes));
  }

  static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("MD5");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has MD5", e);
    }
  }

  void apply(PutObjectRequest.Builder request) {
    switch (config.kind()) {
      case NONE -> {}
      case S3 -> request.serverSideEncryption(ServerSideEncryption.AES256);
      case KMS ->
          request
              .serverSideEncryption(ServerSideEncryption.AWS_KMS)
              .ssekmsKeyId(config.kmsKey())
              .ssekmsEncryptionContext(kmsContext);
      case CUSTOMER ->
          request
              .sseCustomerAlgorithm(CUSTOMER_ALGORITHM)
              .sseCustomerKey(key)
              .sseCustomerKeyMD5(keyMd5);
    }
  }

  void apply(CreateMultipartUploadRequest.Builder request) {
    switch (config.kind()) {
      case NONE -> {}
      case S3 -> request.serverSideEncryption(ServerSideEncryption.AES256);
      case KMS ->
          request
              .serverSideEncryption(ServerSideEncryption.AWS_KMS)
              .ssekmsKeyId(config.kmsKey())
              .ssekmsEncryptionContext(kmsContext);
      case CUSTOMER ->
          request
              .sseCustomerAlgorithm(CUSTOMER_ALGORITHM)
              .sseCustomerKey(key)
              .sseCustomerKeyMD5(keyMd5);
    }
  }

  void apply(UploadPartRequest.Builder request) {
    if (!key.isEmpty()) {
      request
          .sseCustomerAlgorithm(CUSTOMER_ALGORITHM)
          .sseCustomerKey(key)
          .sseCustomerKeyMD5(keyMd5);
    }
  }

  void apply(GetObjectRequest.Builder request) {
    if (!key.isEmpty()) {
      request
          .sseCustomerAlgorithm(CUSTOMER_ALGORITHM)
          .sseCustomerKey(key)
          .sseCustomerKeyMD5(keyMd5);
    }
  }

  void apply(HeadObjectRequest.Builder request) {
    if (!key.isEmpty()) {
      request
          .sseCustomerAlgorithm(CUSTOMER_ALGORITHM)
          .sseCustomerKey(key)
          .sseCustomerKeyMD5(keyMd5);
    }
  }
}
