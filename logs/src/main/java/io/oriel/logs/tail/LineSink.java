package io.oriel.logs.tail;

import java.io.IOException;

/// What becomes of one file's lines. Used by one thread at a time.
public interface LineSink extends AutoCloseable {
  /// Takes a line without its end, as UTF-8 where the file's encoding is known; the bytes are valid
  /// until {@link #endPiece} returns.
  ///
  /// @param offset of the line in the file
  /// @param end where the next one begins
  void line(byte[] buffer, int from, int to, long offset, long end, boolean truncated);

  /// Everything before {@code safe} was handed over. Passes on what is complete, waiting for room
  /// if there is none.
  ///
  /// @param anchor checksum of the bytes before {@code safe}; zero when it is not known
  /// @param last nothing more comes: what is pending is passed on too
  /// @return up to where everything is passed on; at most {@code safe}
  long endPiece(long safe, int anchor, boolean last) throws IOException, InterruptedException;

  /// Makes durable what was passed on.
  default void sync() throws IOException {}

  /// Whether something waits for lines or time to come, so that {@link #endPiece} should be called
  /// again soon.
  boolean hasPending();

  /// Lets go of everything; what is pending is forgotten.
  @Override
  void close();

  /// Makes the sinks.
  interface Factory {
    /// The sink for {@code file}, or none when the file must not be read now; it is asked again
    /// with the next look.
    java.util.Optional<LineSink> open(OpenedFile file);
  }
}
