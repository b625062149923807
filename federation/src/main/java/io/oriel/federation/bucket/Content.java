package io.oriel.federation.bucket;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// What is to be uploaded: bytes of known number that can be read more than once, because an upload
/// may have to be tried again.
public interface Content {
  /// How many bytes {@link #open} gives.
  long length();

  /// The bytes from their start. The caller closes the stream.
  InputStream open() throws IOException;

  /// The file that has these bytes and nothing else, for buckets that can take it as it is.
  default Optional<Path> file() {
    return Optional.empty();
  }

  /// The bytes of an array, which must not change any more.
  static Content of(byte[] bytes) {
    return new Content() {
      @Override
      public long length() {
        return bytes.length;
      }

      @Override
      public InputStream open() {
        return new ByteArrayInputStream(bytes);
      }
    };
  }

  /// Text in UTF-8.
  static Content of(String text) {
    return of(text.getBytes(StandardCharsets.UTF_8));
  }

  /// A file, which must not be written to any more: it may become the object. It may be deleted or
  /// replaced.
  static Content of(Path file) throws IOException {
    long length = Files.size(file);
    return new Content() {
      @Override
      public long length() {
        return length;
      }

      @Override
      public InputStream open() throws IOException {
        return Files.newInputStream(file);
      }

      @Override
      public Optional<Path> file() {
        return Optional.of(file);
      }
    };
  }
}
