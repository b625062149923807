package io.oriel.federation.bucket;

import io.oriel.model.error.Kind;
import io.oriel.model.labels.Utf8Order;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;

/// A bucket that is gone with its process.
public final class MemoryBucket implements Bucket {
  private static final class Stored {
    final byte[] bytes;
    final long modifiedMillis;

    Stored(byte[] bytes, long modifiedMillis) {
      this.bytes = bytes;
      this.modifiedMillis = modifiedMillis;
    }
  }

  private final NavigableMap<String, Stored> objects =
      new ConcurrentSkipListMap<>(Utf8Order.COMPARATOR);
  private final AtomicLong now = new AtomicLong(1);

  /// What the modification time of the next uploads shall be.
  public void time(long millis) {
    now.set(millis);
  }

  @Override
  public String name() {
    return "memory";
  }

  private Stored stored(String operation, String name) {
    ObjectName.check(operation, name(), name);
    Stored found = objects.get(name);
    if (found == null) {
      throw new BucketException(Kind.NOT_FOUND, operation, name(), name, "no such object");
    }
    return found;
  }

  @Override
  public InputStream get(String name) {
    return new ByteArrayInputStream(stored("get", name).bytes);
  }

  @Override
  public InputStream range(String name, long offset, long length) {
    byte[] bytes = stored("get range of", name).bytes;
    int from = (int) Math.min(offset, bytes.length);
    return new ByteArrayInputStream(bytes, from, (int) Math.min(length, bytes.length - from));
  }

  @Override
  public ObjectEntry attributes(String name) {
    Stored stored = stored("stat", name);
    return new ObjectEntry(name, stored.bytes.length, stored.modifiedMillis);
  }

  @Override
  public boolean exists(String name) {
    ObjectName.check("stat", name(), name);
    return objects.containsKey(name);
  }

  @Override
  public void upload(String name, Content content) {
    ObjectName.check("upload", name(), name);
    try (InputStream in = content.open()) {
      byte[] bytes = in.readAllBytes();
      if (bytes.length != content.length()) {
        throw new IOException("got " + bytes.length + " bytes, want " + content.length());
      }
      objects.put(name, new Stored(bytes, now.get()));
    } catch (IOException e) {
      throw BucketException.of("upload", this, name, e);
    }
  }

  @Override
  public void delete(String name) {
    ObjectName.check("delete", name(), name);
    objects.remove(name);
  }

  @Override
  public void iter(String directory, Depth depth, Visitor visitor) {
    String prefix = ObjectName.prefix(name(), directory);
    String last = "";
    for (String name : objects.tailMap(prefix, true).keySet()) {
      if (!name.startsWith(prefix)) {
        return;
      }
      int slash = depth == Depth.ALL ? -1 : name.indexOf('/', prefix.length());
      Stored stored = objects.get(name);
      if (stored == null) {
        continue;
      }
      ObjectEntry entry =
          slash >= 0
              ? ObjectEntry.directory(name.substring(0, slash + 1))
              : new ObjectEntry(name, stored.bytes.length, stored.modifiedMillis);
      if (!entry.name().equals(last) && !visitor.visit(entry)) {
        return;
      }
      last = entry.name();
    }
  }

  @Override
  public void close() {
    // nothing to let go of
  }
}
