package io.oriel.federation.bucket;

import io.oriel.disk.Disk;
import io.oriel.model.error.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/// Objects by name. Thread-safe.
///
/// Names are made of segments with `/` between them, none of them empty, `.` or `..`. An object is
/// there whole or not at all; an upload replaces the object of that name at once. What was uploaded
/// can be read at once by its name; a listing may lag behind.
///
/// Every method throws {@link BucketException}: of kind NOT_FOUND when the object is not there,
/// INVALID for a name that is none, UNAUTHENTICATED or FORBIDDEN when the store refuses us, LIMITED
/// when it asks us to slow down, UNAVAILABLE or TIMEOUT when it cannot be reached (these three may
/// work later), CANCELLED when the thread was interrupted.
public interface Bucket extends AutoCloseable {
  /// What errors and metrics call it: the name of the bucket in its store.
  String name();

  /// The content of an object. The caller closes the stream, whose reads throw {@link IOException}
  /// when the connection breaks.
  InputStream get(String name);

  /// The bytes of an object from {@code offset} on, at most {@code length}; fewer where it ends,
  /// none when it ends before. The caller closes the stream.
  InputStream range(String name, long offset, long length);

  /// The bytes of an object from {@code offset} on, at most {@code length}; fewer where it ends.
  default byte[] read(String name, long offset, int length) {
    try (InputStream in = range(name, offset, length)) {
      return in.readNBytes(length);
    } catch (IOException e) {
      throw BucketException.of("read", this, name, e);
    }
  }

  /// The whole of a small object.
  ///
  /// @throws BucketException of kind LIMITED when it has more than {@code most} bytes
  default byte[] read(String name, int most) {
    try (InputStream in = get(name)) {
      byte[] content = in.readNBytes(most);
      if (in.read() >= 0) {
        throw new BucketException(
            Kind.LIMITED, "read", name(), name, "more than " + most + " bytes");
      }
      return content;
    } catch (IOException e) {
      throw BucketException.of("read", this, name, e);
    }
  }

  /// Gives an object a second name on {@code disk}, which is as good as a copy since objects are
  /// replaced and never changed. The file must not be changed either.
  ///
  /// @param file in a directory that exists; not there itself
  /// @return whether it was done; if not, the object has to be copied
  default boolean link(String name, Disk disk, Path file) {
    return false;
  }

  /// What is known of an object without reading it.
  ObjectEntry attributes(String name);

  /// Whether there is an object of this name.
  boolean exists(String name);

  /// Puts {@code content} under a name, in place of what may be there. When this returns, the
  /// object is durable. When it throws, the old object, the new one, or none is there, but never a
  /// part.
  void upload(String name, Content content);

  /// Removes an object; nothing happens when there is none.
  void delete(String name);

  /// Visits what lies below {@code directory}, the empty one meaning all, in UTF-8 order of names.
  /// A directory that does not exist is empty.
  void iter(String directory, Depth depth, Visitor visitor);

  @Override
  void close();

  /// How far {@link #iter} goes.
  enum Depth {
    /** Objects directly in the directory; and directories, whose names end with a slash. */
    ONE_LEVEL,
    /** Every object below it. */
    ALL
  }

  /// Is told of what is found.
  interface Visitor {
    /// @return whether to go on
    boolean visit(ObjectEntry entry);
  }
}
