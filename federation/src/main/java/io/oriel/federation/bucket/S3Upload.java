package io.oriel.federation.bucket;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;

/// Puts objects into S3: in one request when they are small, else in parts, of which nothing is
/// seen before the last one is confirmed.
final class S3Upload {
  private static final String TYPE = "application/octet-stream";
  private static final int MOST_PARTS = 10_000;
  private static final int BUFFER = 1 << 16;

  private final S3Client client;
  private final S3Config config;
  private final S3Encryption encryption;
  private final Map<String, String> metadata;
  private final String storageClass;

  S3Upload(S3Client client, S3Config config, S3Encryption encryption) {
    this.client = client;
    this.config = config;
    this.encryption = encryption;
    this.metadata = new HashMap<>(config.metadata());
    String found = "";
    for (String key : config.metadata().keySet()) {
      if (key.toLowerCase(Locale.ROOT).equals(S3Config.STORAGE_CLASS)) {
        found = config.metadata().getOrDefault(key, "");
        metadata.remove(key);
      }
    }
    this.storageClass = found;
  }

  /// A part of some content.
  private record Part(Content content, long offset, long length) {
    InputStream open() throws IOException {
      InputStream in = content.open();
      try {
        in.skipNBytes(offset);
        return new BoundedStream(in, length);
      } catch (IOException | RuntimeException e) {
        in.close();
        throw e;
      }
    }

    RequestBody body() {
      return RequestBody.fromContentProvider(
          () -> {
            try {
              return open();
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          },
          length,
          TYPE);
    }

    String md5() throws IOException {
      MessageDigest digest = S3Encryption.digest();
      byte[] buffer = new byte[BUFFER];
      try (InputStream in = open()) {
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          digest.update(buffer, 0, n);
        }
      }
      return Base64.getEncoder().encodeToString(digest.digest());
    }
  }

  /// Puts {@code content} under {@code name}.
  void upload(String name, Content content) throws IOException {
    try {
      if (config.multipart() && content.length() > config.partBytes()) {
        uploadParts(name, content);
      } else {
        uploadWhole(name, new Part(content, 0, content.length()));
      }
    } catch (UncheckedIOException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private void uploadWhole(String name, Part whole) throws IOException {
    PutObjectRequest.Builder request =
        PutObjectRequest.builder()
            .bucket(config.bucket())
            .key(name)
            .contentType(TYPE)
            .contentLength(whole.length())
            .metadata(metadata);
    if (!storageClass.isEmpty()) {
      request.storageClass(storageClass);
    }
    if (config.sendMd5()) {
      request.contentMD5(whole.md5());
    }
    encryption.apply(request);
    client.putObject(request.build(), whole.body());
  }

  private void uploadParts(String name, Content content) throws IOException {
    CreateMultipartUploadRequest.Builder request =
        CreateMultipartUploadRequest.builder()
            .bucket(config.bucket())
            .key(name)
            .contentType(TYPE)
            .metadata(metadata);
    if (!storageClass.isEmpty()) {
      request.storageClass(storageClass);
    }
    encryption.apply(request);
    String id = client.createMultipartUpload(request.build()).uploadId();
    try {
      List<CompletedPart> parts = new ArrayList<>();
      long size = Math.max(config.partBytes(), content.length() / MOST_PARTS + 1);
      for (long at = 0; at < content.length(); at += size) {
        Part part = new Part(content, at, Math.min(size, content.length() - at));
        parts.add(uploadPart(name, id, parts.size() + 1, part));
      }
      client.completeMultipartUpload(
          complete ->
              complete
                  .bucket(config.bucket())
                  .key(name)
                  .uploadId(id)
                  .multipartUpload(all -> all.parts(parts)));
    } catch (IOException | RuntimeException e) {
      abort(name, id, e);
      throw e;
    }
  }

  private CompletedPart uploadPart(String name, String id, int number, Part part)
      throws IOException {
    UploadPartRequest.Builder request =
        UploadPartRequest.builder()
            .bucket(config.bucket())
            .key(name)
            .uploadId(id)
            .partNumber(number)
            .contentLength(part.length());
    if (config.sendMd5()) {
      request.contentMD5(part.md5());
    }
    encryption.apply(request);
    String tag = client.uploadPart(request.build(), part.body()).eTag();
    return CompletedPart.builder().partNumber(number).eTag(tag).build();
  }

  /// Lets go of the parts, which the store would keep, and charge for, until its lifecycle rules
  /// find them.
  private void abort(String name, String id, Exception failure) {
    try {
      client.abortMultipartUpload(
          request -> request.bucket(config.bucket()).key(name).uploadId(id));
    } catch (SdkException e) {
      failure.addSuppressed(e);
    }
  }
}
