package io.oriel.logs.spool;

import io.oriel.disk.WritableFile;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// One file of the spool. All fields are guarded by the spool's lock.
final class Segment {
  final long number;
  final Path file;

  /** Open while it is written or not yet synced to its end. */
  @Nullable WritableFile out;

  /** Bytes in it that are whole frames, the header included. */
  long size;

  /** Bytes in it that are synced; readers stop there. */
  long synced;

  /** No more frames come. */
  boolean finished;

  /** Events in it. */
  long events;

  Segment(long number, Path file) {
    this.number = number;
    this.file = file;
  }
}
