package io.oriel.federation.bucket;

import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.core.http.rest.PagedIterable;
import com.azure.core.http.rest.PagedResponse;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.BlobContainerClientBuilder;
import com.azure.storage.blob.models.BlobItem;
import com.azure.storage.blob.models.BlobProperties;
import com.azure.storage.blob.models.BlobRange;
import com.azure.storage.blob.models.BlobStorageException;
import com.azure.storage.blob.models.ListBlobsOptions;
import com.azure.storage.blob.specialized.BlockBlobClient;
import com.azure.storage.common.StorageSharedKeyCredential;
import com.azure.storage.common.policy.RequestRetryOptions;
import com.azure.storage.common.policy.RetryPolicyType;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Utf8Order;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;

/// A container of Azure Blob Storage. Small objects are put in one request, large ones in blocks,
/// of which nothing is seen before all are committed.
final class AzureBucket implements Bucket {
  private static final int RANGE_NOT_SATISFIABLE = 416;
  private static final int NOT_FOUND = 404;
  private static final long BLOCK_BYTES = 8L << 20;
  private static final int MOST_BLOCKS = 50_000;
  private static final int BUFFER = 64 << 10;

  private final BlobContainerClient client;
  private final String container;

  private AzureBucket(BlobContainerClient client, String container) {
    this.client = client;
    this.container = container;
  }

  /// The container that {@code config} names; nothing is asked of it yet, unless it is to be made.
  static AzureBucket open(AzureConfig config) {
    BlobContainerClientBuilder builder =
        new BlobContainerClientBuilder()
            .containerName(config.container())
            .httpClient(
                new JdkHttpClientBuilder().responseTimeout(config.responseTimeout()).build())
            .retryOptions(
                new RequestRetryOptions(
                    RetryPolicyType.FIXED,
                    1,
                    Math.toIntExact(Math.max(1, config.responseTimeout().toSeconds())),
                    null,
                    null,
                    null));
    if (config.connection().isEmpty()) {
      builder
          .endpoint(config.url())
          .credential(new StorageSharedKeyCredential(config.account(), config.key().reveal()));
    } else {
      builder.connectionString(config.connection().reveal());
    }
    AzureBucket bucket = new AzureBucket(builder.buildClient(), config.container());
    if (config.createsContainer()) {
      bucket.call("create", "", bucket.client::createIfNotExists);
    }
    return bucket;
  }

  @Override
  public String name() {
    return container;
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

  private BucketException failed(String operation, String name, RuntimeException e) {
    if (Thread.currentThread().isInterrupted()) {
      return BucketException.interrupted(operation, container, name);
    }
    if (e instanceof BlobStorageException refused) {
      return new BucketException(
          kind(refused.getStatusCode()),
          operation,
          container,
          name,
          "http status " + refused.getStatusCode() + ": " + refused.getErrorCode(),
          e);
    }
    Throwable cause = e.getCause() == null ? e : e.getCause();
    return new BucketException(
        Kind.UNAVAILABLE, operation, container, name, String.valueOf(cause.getMessage()), e);
  }

  private static Kind kind(int status) {
    return switch (status) {
      case NOT_FOUND -> Kind.NOT_FOUND;
      case 401 -> Kind.UNAUTHENTICATED;
      case 403 -> Kind.FORBIDDEN;
      case 408 -> Kind.TIMEOUT;
      case 409, 412 -> Kind.CONFLICT;
      case 429, 503 -> Kind.LIMITED;
      default -> status >= 500 ? Kind.UNAVAILABLE : Kind.INVALID;
    };
  }

  @Override
  public InputStream get(String name) {
    ObjectName.check("get", container, name);
    return new ObjectStream(call("get", name, () -> client.getBlobClient(name).openInputStream()));
  }

  @Override
  public InputStream range(String name, long offset, long length) {
    ObjectName.check("get range of", container, name);
    if (length <= 0) {
      attributes(name);
      return InputStream.nullInputStream();
    }
    try {
      BlobRange range = new BlobRange(offset, Math.min(length, Long.MAX_VALUE - offset));
      return new ObjectStream(client.getBlobClient(name).openInputStream(range, null));
    } catch (BlobStorageException e) {
      if (e.getStatusCode() == RANGE_NOT_SATISFIABLE) {
        return InputStream.nullInputStream();
      }
      throw failed("get range of", name, e);
    } catch (RuntimeException e) {
      throw failed("get range of", name, e);
    }
  }

  @Override
  public ObjectEntry attributes(String name) {
    ObjectName.check("stat", container, name);
    BlobProperties found = call("stat", name, () -> client.getBlobClient(name).getProperties());
    return new ObjectEntry(
        name, found.getBlobSize(), found.getLastModified().toInstant().toEpochMilli());
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
    ObjectName.check("upload", container, name);
    BlockBlobClient blob = client.getBlobClient(name).getBlockBlobClient();
    try (InputStream in = new BufferedInputStream(content.open(), BUFFER)) {
      if (content.length() <= BLOCK_BYTES) {
        blob.upload(in, content.length(), true);
      } else {
        blob.commitBlockList(blocks(blob, in, content.length()), true);
      }
    } catch (IOException e) {
      throw BucketException.of("upload", this, name, e);
    } catch (RuntimeException e) {
      throw failed("upload", name, e);
    }
  }

  /// Puts the blocks up, of which nothing is seen yet; those never committed are dropped by the
  /// store.
  private static List<String> blocks(BlockBlobClient blob, InputStream in, long length) {
    List<String> ids = new ArrayList<>();
    long size = Math.max(BLOCK_BYTES, length / MOST_BLOCKS + 1);
    for (long at = 0; at < length; at += size) {
      byte[] number = ByteBuffer.allocate(Long.BYTES).putLong(ids.size()).array();
      String id = Base64.getEncoder().encodeToString(number);
      long part = Math.min(size, length - at);
      blob.stageBlock(id, new BoundedStream(new Unclosed(in), part), part);
      ids.add(id);
    }
    return ids;
  }

  @Override
  public void delete(String name) {
    ObjectName.check("delete", container, name);
    call("delete", name, () -> client.getBlobClient(name).deleteIfExists());
  }

  @Override
  public void iter(String directory, Depth depth, Visitor visitor) {
    ListBlobsOptions options =
        new ListBlobsOptions().setPrefix(ObjectName.prefix(container, directory));
    PagedIterable<BlobItem> found =
        depth == Depth.ALL
            ? client.listBlobs(options, null)
            : client.listBlobsByHierarchy("/", options, null);
    var pages = found.iterableByPage().iterator();
    while (call("list", directory, pages::hasNext)) {
      for (ObjectEntry entry : entries(call("list", directory, pages::next))) {
        if (!visitor.visit(entry)) {
          return;
        }
      }
    }
  }

  private static List<ObjectEntry> entries(PagedResponse<BlobItem> page) {
    List<ObjectEntry> entries = new ArrayList<>();
    for (BlobItem item : page.getValue()) {
      if (Boolean.TRUE.equals(item.isPrefix())) {
        entries.add(ObjectEntry.directory(item.getName()));
      } else {
        entries.add(
            new ObjectEntry(
                item.getName(),
                item.getProperties().getContentLength(),
                item.getProperties().getLastModified().toInstant().toEpochMilli()));
      }
    }
    entries.sort(Comparator.comparing(ObjectEntry::name, Utf8Order.COMPARATOR));
    return entries;
  }

  /// The JDK's client needs no closing.
  @Override
  public void close() {}

  /// Lets several readers take their part of one stream.
  private static final class Unclosed extends FilterInputStream {
    Unclosed(InputStream in) {
      super(in);
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      return in.read(into, offset, length);
    }

    @Override
    public void close() {}
  }

  /// Breaks as streams do.
  private static final class ObjectStream extends FilterInputStream {
    ObjectStream(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      try {
        return in.read(into, offset, length);
      } catch (RuntimeException e) {
        throw new IOException(String.valueOf(e.getMessage()), e);
      }
    }
  }
}
