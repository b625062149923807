package io.oriel.federation.bucket;

import io.oriel.model.error.Kind;
import io.oriel.model.labels.Utf8Order;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Exception;

/// A bucket of Amazon S3 or of a store that speaks its protocol.
final class S3Bucket implements Bucket {
  private static final int RANGE_NOT_SATISFIABLE = 416;

  private final S3Client client;
  private final String bucket;
  private final S3Encryption encryption;
  private final S3Upload uploads;

  private S3Bucket(S3Client client, S3Config config) {
    this.client = client;
    this.bucket = config.bucket();
    this.encryption = S3Encryption.of(config);
    this.uploads = new S3Upload(client, config, encryption);
  }

  /// The bucket that {@code config} names; nothing is asked of it yet.
  static S3Bucket open(S3Config config) {
    return new S3Bucket(S3Connection.open(config), config);
  }

  @Override
  public String name() {
    return bucket;
  }

  private <T> T call(String operation, String name, Supplier<T> work) {
    try {
      return work.get();
    } catch (SdkException e) {
      throw failed(operation, name, e);
    }
  }

  private BucketException failed(String operation, String name, SdkException e) {
    if (e instanceof AbortedException || Thread.currentThread().isInterrupted()) {
      return BucketException.interrupted(operation, bucket, name);
    }
    String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return new BucketException(kind(e), operation, bucket, name, message, e);
  }

  private static Kind kind(SdkException e) {
    return switch (e) {
      case ApiCallTimeoutException _ -> Kind.TIMEOUT;
      case ApiCallAttemptTimeoutException _ -> Kind.TIMEOUT;
      case S3Exception s3 ->
          switch (s3.statusCode()) {
            case 404 -> Kind.NOT_FOUND;
            case 401 -> Kind.UNAUTHENTICATED;
            case 403 -> s3.isClockSkewException() ? Kind.UNAVAILABLE : Kind.FORBIDDEN;
            case 408 -> Kind.TIMEOUT;
            case 409, 412 -> Kind.CONFLICT;
            case 429 -> Kind.LIMITED;
            case 503 -> s3.isThrottlingException() ? Kind.LIMITED : Kind.UNAVAILABLE;
            default -> s3.statusCode() >= 500 ? Kind.UNAVAILABLE : Kind.INVALID;
          };
      default -> Kind.UNAVAILABLE;
    };
  }

  @Override
  public InputStream get(String name) {
    ObjectName.check("get", bucket, name);
    return new ObjectStream(call("get", name, () -> client.getObject(request(name, null))));
  }

  @Override
  public InputStream range(String name, long offset, long length) {
    ObjectName.check("get range of", bucket, name);
    if (length <= 0) {
      attributes(name);
      return InputStream.nullInputStream();
    }
    String last = length > Long.MAX_VALUE - offset ? "" : Long.toString(offset + length - 1);
    try {
      GetObjectRequest request = request(name, "bytes=" + offset + "-" + last);
      return new ObjectStream(client.getObject(request));
    } catch (S3Exception e) {
      if (e.statusCode() == RANGE_NOT_SATISFIABLE) {
        return InputStream.nullInputStream();
      }
      throw failed("get range of", name, e);
    } catch (SdkException e) {
      throw failed("get range of", name, e);
    }
  }

  private GetObjectRequest request(String name, @Nullable String range) {
    GetObjectRequest.Builder request = GetObjectRequest.builder().bucket(bucket).key(name);
    if (range != null) {
      request.range(range);
    }
    encryption.apply(request);
    return request.build();
  }

  @Override
  public ObjectEntry attributes(String name) {
    ObjectName.check("stat", bucket, name);
    HeadObjectResponse head =
        call(
            "stat",
            name,
            () -> client.headObject(request -> encryption.apply(request.bucket(bucket).key(name))));
    return new ObjectEntry(name, head.contentLength(), head.lastModified().toEpochMilli());
  }

  @Override
  public boolean exists(String name) {
    try {
      attributes(name);
      return true;
    } catch (BucketException e) {
      if (e.isNotFound()) {
        return false;
      }
      throw e;
    }
  }

  @Override
  public void upload(String name, Content content) {
    ObjectName.check("upload", bucket, name);
    try {
      uploads.upload(name, content);
    } catch (SdkException e) {
      throw failed("upload", name, e);
    } catch (IOException e) {
      throw BucketException.of("upload", this, name, e);
    }
  }

  @Override
  public void delete(String name) {
    ObjectName.check("delete", bucket, name);
    call("delete", name, () -> client.deleteObject(request -> request.bucket(bucket).key(name)));
  }

  @Override
  public void iter(String directory, Depth depth, Visitor visitor) {
    String prefix = ObjectName.prefix(bucket, directory);
    String[] token = {null};
    while (true) {
      ListObjectsV2Response page =
          call(
              "list",
              directory,
              () ->
                  client.listObjectsV2(
                      request ->
                          request
                              .bucket(bucket)
                              .prefix(prefix)
                              .delimiter(depth == Depth.ALL ? null : "/")
                              .continuationToken(token[0])));
      for (ObjectEntry entry : entries(page)) {
        if (!visitor.visit(entry)) {
          return;
        }
      }
      if (!Boolean.TRUE.equals(page.isTruncated())) {
        return;
      }
      token[0] = page.nextContinuationToken();
    }
  }

  /// What a page shows, without the empty objects that some tools put up as directories.
  private static List<ObjectEntry> entries(ListObjectsV2Response page) {
    List<ObjectEntry> entries = new ArrayList<>();
    page.contents().stream()
        .filter(object -> !object.key().endsWith("/"))
        .map(o -> new ObjectEntry(o.key(), o.size(), o.lastModified().toEpochMilli()))
        .forEach(entries::add);
    page.commonPrefixes().forEach(p -> entries.add(ObjectEntry.directory(p.prefix())));
    entries.sort(Comparator.comparing(ObjectEntry::name, Utf8Order.COMPARATOR));
    return entries;
  }

  @Override
  public void close() {
    client.close();
  }

  /// Gives up the connection instead of reading the rest when it is closed early.
  private static final class ObjectStream extends FilterInputStream {
    private final ResponseInputStream<GetObjectResponse> response;
    private boolean ended;

    ObjectStream(ResponseInputStream<GetObjectResponse> response) {
      super(response);
      this.response = response;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      try {
        int n = in.read(into, offset, length);
        ended |= n < 0;
        return n;
      } catch (AbortedException e) {
        InterruptedIOException interrupted = new InterruptedIOException("interrupted");
        interrupted.initCause(e);
        throw interrupted;
      } catch (SdkException e) {
        throw new IOException(e.getMessage(), e);
      }
    }

    @Override
    public void close() throws IOException {
      if (ended) {
        in.close();
      } else {
        response.abort();
      }
    }
  }
}
