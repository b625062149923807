package io.oriel.federation.bucket;

import java.io.InputStream;

/// A bucket that asks another one; its subclasses do something more.
abstract class ForwardingBucket implements Bucket {
  final Bucket inner;

  /// @param inner closed with this one
  ForwardingBucket(Bucket inner) {
    this.inner = inner;
  }

  @Override
  public String name() {
    return inner.name();
  }

  @Override
  public InputStream get(String name) {
    return inner.get(name);
  }

  @Override
  public InputStream range(String name, long offset, long length) {
    return inner.range(name, offset, length);
  }

  @Override
  public byte[] read(String name, long offset, int length) {
    return Bucket.super.read(name, offset, length);
  }

  @Override
  public ObjectEntry attributes(String name) {
    return inner.attributes(name);
  }

  @Override
  public boolean exists(String name) {
    return inner.exists(name);
  }

  @Override
  public void upload(String name, Content content) {
    inner.upload(name, content);
  }

  @Override
  public void delete(String name) {
    inner.delete(name);
  }

  @Override
  public void iter(String directory, Depth depth, Visitor visitor) {
    inner.iter(directory, depth, visitor);
  }

  @Override
  public void close() {
    inner.close();
  }
}
