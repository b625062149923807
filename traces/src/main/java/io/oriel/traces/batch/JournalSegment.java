package io.oriel.traces.batch;

import io.oriel.disk.WritableFile;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// One file of the journal. All fields are guarded by the journal's lock.
final class JournalSegment {
  final long number;
  final Path file;

  /** Open while it is written. */
  @Nullable WritableFile out;

  /** Bytes in it that are whole frames, the header included. */
  long size;

  /** Whether its name is durable. */
  boolean named;

  /** Nothing more is written to it. */
  boolean finished;

  /** Batches in it that are not settled. */
  int owed;

  JournalSegment(long number, Path file) {
    this.number = number;
    this.file = file;
  }
}
