package io.oriel.federation.bucket;

import com.google.api.gax.paging.Page;
import com.google.api.gax.retrying.RetrySettings;
import com.google.auth.Credentials;
import com.google.auth.oauth2.GoogleCredentials;
import com.google.cloud.NoCredentials;
import com.google.cloud.ReadChannel;
import com.google.cloud.WriteChannel;
import com.google.cloud.http.HttpTransportOptions;
import com.google.cloud.storage.Blob;
import com.google.cloud.storage.BlobId;
import com.google.cloud.storage.BlobInfo;
import com.google.cloud.storage.HttpStorageOptions;
import com.google.cloud.storage.Storage;
import com.google.cloud.storage.Storage.BlobField;
import com.google.cloud.storage.Storage.BlobGetOption;
import com.google.cloud.storage.Storage.BlobListOption;
import com.google.cloud.storage.Storage.BlobSourceOption;
import com.google.cloud.storage.Storage.BlobTargetOption;
import com.google.cloud.storage.StorageException;
import com.google.cloud.storage.StorageOptions;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Utf8Order;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A bucket of Google Cloud Storage, by its JSON API. Small objects are put in one request, large
/// ones in chunks of a resumable upload, of which nothing is seen before the last one.
final class GcsBucket implements Bucket {
  private static final String SCOPE = "https://www.googleapis.com/auth/devstorage.read_write";
  private static final int CONNECT_TIMEOUT_MILLIS = 20_000;
  private static final int BUFFER = 64 << 10;

  private final GcsConfig config;
  private final String bucket;

  /** Made by the first call, since the environment's credentials may take a look at the network. */
  private volatile @Nullable Storage client;

  private GcsBucket(GcsConfig config) {
    this.config = config;
    this.bucket = config.bucket();
  }

  /// The bucket that {@code config} names; nothing is asked of it yet.
  static GcsBucket open(GcsConfig config) {
    return new GcsBucket(config);
  }

  @Override
  public String name() {
    return bucket;
  }

  /// Two first calls at once may each make one; one of them is kept.
  private Storage client() {
    Storage known = client;
    if (known != null) {
      return known;
    }
    int timeout = Math.toIntExact(config.responseTimeout().toMillis());
    HttpStorageOptions.Builder options =
        StorageOptions.http()
            .setCredentials(credentials())
            .setProjectId("none")
            .setTransportOptions(
                HttpTransportOptions.newBuilder()
                    .setConnectTimeout(CONNECT_TIMEOUT_MILLIS)
                    .setReadTimeout(timeout)
                    .build())
            .setRetrySettings(RetrySettings.newBuilder().setMaxAttempts(1).build());
    if (!config.endpoint().isEmpty()) {
      options.setHost(config.endpoint());
    }
    Storage made = options.build().getService();
    client = made;
    return made;
  }

  private Credentials credentials() {
    try {
      if (!config.serviceAccount().isEmpty()) {
        byte[] key = config.serviceAccount().reveal().getBytes(StandardCharsets.UTF_8);
        return GoogleCredentials.fromStream(new ByteArrayInputStream(key)).createScoped(SCOPE);
      }
      return config.isPlain()
          ? NoCredentials.getInstance()
          : GoogleCredentials.getApplicationDefault().createScoped(SCOPE);
    } catch (IOException e) {
      throw new BucketException(
          Kind.UNAUTHENTICATED, "open", bucket, "", "no usable credentials: " + e.getMessage(), e);
    }
  }

  private <T> T call(String operation, String name, Supplier<T> work) {
    try {
      return work.get();
    } catch (OrielException e) {
      throw e;
    } catch (RuntimeException e) {
      throw failed(operation, name, e);
    }
  }

  private BucketException failed(String operation, String name, Exception e) {
    if (Thread.currentThread().isInterrupted()) {
      return BucketException.interrupted(operation, bucket, name);
    }
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SocketTimeoutException) {
        return new BucketException(
            Kind.TIMEOUT, operation, bucket, name, String.valueOf(cause.getMessage()), e);
      }
      if (cause instanceof StorageException refused && refused.getCode() > 0) {
        return new BucketException(
            kind(refused.getCode()),
            operation,
            bucket,
            name,
            "http status " + refused.getCode() + ": " + refused.getMessage(),
            e);
      }
    }
    Throwable cause = e.getCause() == null ? e : e.getCause();
    return new BucketException(
        Kind.UNAVAILABLE, operation, bucket, name, String.valueOf(cause.getMessage()), e);
  }

  private static Kind kind(int status) {
    return switch (status) {
      case 404 -> Kind.NOT_FOUND;
      case 401 -> Kind.UNAUTHENTICATED;
      case 403 -> Kind.FORBIDDEN;
      case 408, 504 -> Kind.TIMEOUT;
      case 409, 412 -> Kind.CONFLICT;
      case 429 -> Kind.LIMITED;
      default -> status >= 500 ? Kind.UNAVAILABLE : Kind.INVALID;
    };
  }

  @Override
  public InputStream get(String name) {
    ObjectName.check("get", bucket, name);
    return stream("get", name, 0, Long.MAX_VALUE);
  }

  @Override
  public InputStream range(String name, long offset, long length) {
    ObjectName.check("get range of", bucket, name);
    if (length <= 0) {
      attributes(name);
      return InputStream.nullInputStream();
    }
    long end = length > Long.MAX_VALUE - offset ? Long.MAX_VALUE : offset + length;
    return stream("get range of", name, offset, end);
  }

  /// The stream has its first bytes when it is handed out, so that what is not there is known now.
  private InputStream stream(String operation, String name, long offset, long end) {
    ReadChannel channel =
        call(
            operation,
            name,
            () ->
                client()
                    .reader(
                        BlobId.of(bucket, name),
                        BlobSourceOption.shouldReturnRawInputStream(true)));
    InputStream in = new BufferedInputStream(Channels.newInputStream(channel), BUFFER);
    try {
      channel.setChunkSize(0);
      channel.seek(offset);
      if (end != Long.MAX_VALUE) {
        channel.limit(end);
      }
      in.mark(1);
      if (in.read() >= 0) {
        in.reset();
      }
      return in;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw failed(operation, name, e);
    }
  }

  private @Nullable Blob find(String name) {
    return call(
        "stat",
        name,
        () ->
            client()
                .get(
                    BlobId.of(bucket, name),
                    BlobGetOption.fields(BlobField.SIZE, BlobField.UPDATED)));
  }

  @Override
  public ObjectEntry attributes(String name) {
    ObjectName.check("stat", bucket, name);
    Blob found = find(name);
    if (found == null) {
      throw new BucketException(Kind.NOT_FOUND, "stat", bucket, name, "no such object");
    }
    return entry(name, found);
  }

  private static ObjectEntry entry(String name, Blob found) {
    return new ObjectEntry(
        name, found.getSize(), found.getUpdateTimeOffsetDateTime().toInstant().toEpochMilli());
  }

  @Override
  public boolean exists(String name) {
    ObjectName.check("stat", bucket, name);
    return find(name) != null;
  }

  @Override
  public void upload(String name, Content content) {
    ObjectName.check("upload", bucket, name);
    BlobInfo blob =
        BlobInfo.newBuilder(bucket, name).setContentType("application/octet-stream").build();
    try (InputStream in = content.open()) {
      if (content.length() <= config.chunkBytes()) {
        byte[] whole = in.readNBytes(Math.toIntExact(content.length()));
        requireAll(whole.length, content);
        client().create(blob, whole, BlobTargetOption.disableGzipContent());
      } else {
        uploadInChunks(blob, in, content);
      }
    } catch (OrielException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw failed("upload", name, e);
    }
  }

  private static void requireAll(long sent, Content content) throws IOException {
    if (sent != content.length()) {
      throw new IOException("content ends after " + sent + " bytes, want " + content.length());
    }
  }

  /// The channel is closed only when all was written, because its closing is what makes the object.
  /// An upload that was begun and left is dropped by the store after a week.
  private void uploadInChunks(BlobInfo blob, InputStream in, Content content) throws IOException {
    WriteChannel channel = client().writer(blob);
    channel.setChunkSize(config.chunkBytes());
    byte[] buffer = new byte[BUFFER];
    long sent = 0;
    for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
      for (ByteBuffer part = ByteBuffer.wrap(buffer, 0, read); part.hasRemaining(); ) {
        channel.write(part);
      }
      sent += read;
    }
    requireAll(sent, content);
    channel.close();
  }

  @Override
  public void delete(String name) {
    ObjectName.check("delete", bucket, name);
    call("delete", name, () -> client().delete(BlobId.of(bucket, name)));
  }

  @Override
  public void iter(String directory, Depth depth, Visitor visitor) {
    List<BlobListOption> options = new ArrayList<>();
    options.add(BlobListOption.prefix(ObjectName.prefix(bucket, directory)));
    options.add(BlobListOption.fields(BlobField.NAME, BlobField.SIZE, BlobField.UPDATED));
    if (depth == Depth.ONE_LEVEL) {
      options.add(BlobListOption.currentDirectory());
    }
    Page<Blob> page =
        call(
            "list", directory, () -> client().list(bucket, options.toArray(new BlobListOption[0])));
    while (page != null) {
      for (ObjectEntry entry : entries(page)) {
        if (!visitor.visit(entry)) {
          return;
        }
      }
      Page<Blob> current = page;
      page = current.hasNextPage() ? call("list", directory, current::getNextPage) : null;
    }
  }

  private static List<ObjectEntry> entries(Page<Blob> page) {
    List<ObjectEntry> entries = new ArrayList<>();
    for (Blob blob : page.getValues()) {
      entries.add(
          blob.isDirectory() ? ObjectEntry.directory(blob.getName()) : entry(blob.getName(), blob));
    }
    entries.sort(Comparator.comparing(ObjectEntry::name, Utf8Order.COMPARATOR));
    return entries;
  }

  /// The client has nothing that needs closing.
  @Override
  public void close() {}
}
