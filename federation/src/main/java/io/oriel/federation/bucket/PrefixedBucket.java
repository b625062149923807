package io.oriel.federation.bucket;

import io.oriel.disk.Disk;
import java.io.InputStream;
import java.nio.file.Path;

/// The part of a bucket below one prefix, as a bucket: objstore's `prefix`.
final class PrefixedBucket extends ForwardingBucket {
  private final String prefix;

  /// @param prefix without slashes at its ends, not empty
  PrefixedBucket(Bucket inner, String prefix) {
    super(inner);
    ObjectName.check("open", inner.name(), prefix);
    this.prefix = prefix + "/";
  }

  private String full(String operation, String name) {
    ObjectName.check(operation, name(), name);
    return prefix + name;
  }

  @Override
  public InputStream get(String name) {
    return inner.get(full("get", name));
  }

  @Override
  public InputStream range(String name, long offset, long length) {
    return inner.range(full("get range of", name), offset, length);
  }

  @Override
  public boolean link(String name, Disk disk, Path file) {
    return inner.link(full("get", name), disk, file);
  }

  @Override
  public ObjectEntry attributes(String name) {
    return bare(inner.attributes(full("stat", name)));
  }

  private ObjectEntry bare(ObjectEntry entry) {
    return new ObjectEntry(
        entry.name().substring(prefix.length()), entry.sizeBytes(), entry.modifiedMillis());
  }

  @Override
  public boolean exists(String name) {
    return inner.exists(full("stat", name));
  }

  @Override
  public void upload(String name, Content content) {
    inner.upload(full("upload", name), content);
  }

  @Override
  public void delete(String name) {
    inner.delete(full("delete", name));
  }

  @Override
  public void iter(String directory, Depth depth, Visitor visitor) {
    String below = prefix + ObjectName.prefix(name(), directory);
    inner.iter(below, depth, entry -> visitor.visit(bare(entry)));
  }
}
