package io.oriel.logs.spool;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.oriel.disk.Disk;
import io.oriel.disk.DurableFile;
import io.oriel.disk.Frames;
import io.oriel.model.error.OrielException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// Up to where everything is delivered, as the file `acked` says. Thread-safe.
final class AckMark {
  private final Disk disk;
  private final Path file;

  @GuardedBy("this")
  private Place now = new Place(0, 0);

  @GuardedBy("this")
  private Place saved = new Place(0, 0);

  /// @param offset in the segment, of the first byte that is not delivered
  record Place(long segment, long offset) {
    boolean isAfter(Place other) {
      return segment != other.segment ? segment > other.segment : offset > other.offset;
    }
  }

  AckMark(Disk disk, Path directory) {
    this.disk = disk;
    this.file = directory.resolve("acked");
  }

  /// What the file says; the very beginning when it is missing or damaged, since delivering again
  /// does no harm.
  synchronized Place read() throws IOException {
    if (disk.exists(file)) {
      byte[] bytes = disk.read(file);
      Optional<Frames.Found> frame = Frames.find(bytes, 0, bytes.length);
      if (frame.isPresent()) {
        try {
          Varints.Reader in = new Varints.Reader(bytes, frame.get().payload(), frame.get().end());
          now = new Place(in.readLong(), in.readLong());
          saved = now;
        } catch (OrielException _) {
          now = saved;
        }
      }
    }
    return now;
  }

  /// The highest segment it knows of; numbers are never used twice.
  synchronized long lastSegment() {
    return now.segment();
  }

  synchronized void move(Place place) {
    if (place.isAfter(now)) {
      now = place;
    }
  }

  synchronized void save() throws IOException {
    if (now.isAfter(saved)) {
      Varints out = new Varints().putLong(now.segment()).putLong(now.offset());
      DurableFile.write(disk, file, Frames.of(out.toBytes()));
      saved = now;
    }
  }
}
