package io.oriel.logs.spool;

import io.oriel.disk.Disk;
import io.oriel.disk.Frames;
import io.oriel.disk.WritableFile;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The segments' names and bytes. The read window belongs to the spool's one reader.
final class SegmentFiles {
  /** Bytes before the first frame. */
  static final int HEADER = 8;

  private static final Logger LOG = LoggerFactory.getLogger(SegmentFiles.class);
  private static final byte[] MAGIC = "ORSPOOL1".getBytes(StandardCharsets.US_ASCII);
  private static final String END = ".spool";
  private static final int WINDOW = 1 << 20;

  private final Disk disk;
  private final Path directory;
  private byte[] window = new byte[WINDOW];
  private long windowSegment = -1;
  private long windowStart;
  private int windowLength;

  SegmentFiles(Disk disk, Path directory) {
    this.disk = disk;
    this.directory = directory;
  }

  interface Visitor {
    void frame(SpooledChunk chunk, long end);
  }

  record Read(SpooledChunk chunk, long end) {}

  /// The segments there are, oldest first, with nothing known but their names.
  List<Segment> list() throws IOException {
    List<Segment> found = new ArrayList<>();
    for (Path file : disk.list(directory)) {
      String name = String.valueOf(file.getFileName());
      if (name.endsWith(END) && name.length() == 16 + END.length()) {
        try {
          found.add(new Segment(Long.parseLong(name.substring(0, 16)), file));
        } catch (NumberFormatException _) {
          LOG.atWarn().addKeyValue("file", file).log("not a spool segment, left alone");
        }
      }
    }
    return found;
  }

  /// A new segment with its header written, not synced.
  Segment create(long number) throws IOException {
    Path file = directory.resolve("%016d".formatted(number) + END);
    Segment segment = new Segment(number, file);
    WritableFile out = disk.create(file);
    try {
      out.write(MAGIC);
    } catch (IOException e) {
      out.close();
      throw e;
    }
    segment.out = out;
    segment.size = HEADER;
    return segment;
  }

  void syncDirectory() throws IOException {
    disk.syncDirectory(directory);
  }

  /// Reads a segment through up to its first damaged frame and sets its size to what is whole.
  ///
  /// @throws OrielException of kind CORRUPT when it is of another format
  void scan(Segment segment, Visitor visitor) throws IOException {
    byte[] bytes = disk.read(segment.file);
    if (bytes.length < HEADER) {
      segment.size = 0;
      return;
    }
    if (!Arrays.equals(MAGIC, 0, HEADER, bytes, 0, HEADER)) {
      throw new OrielException(
          Kind.CORRUPT, "cannot open " + segment.file + ": it is no spool segment of version 1");
    }
    int at = HEADER;
    for (Optional<Frames.Found> frame = Frames.find(bytes, at, bytes.length);
        frame.isPresent();
        frame = Frames.find(bytes, at, bytes.length)) {
      int end = frame.get().end();
      visitor.frame(SpooledChunk.parse(0, bytes, frame.get().payload(), end), end);
      at = end;
    }
    if (at < bytes.length) {
      LOG.atInfo()
          .addKeyValue("segment", segment.number)
          .addKeyValue("bytes", bytes.length - at)
          .log("torn end of a spool segment ignored; its lines are read from their files again");
    }
    segment.size = at;
  }

  /// The frame at {@code offset}; empty when it is damaged.
  Optional<Read> read(Segment segment, long offset, long limit, long sequence) throws IOException {
    fill(segment, offset, Frames.HEADER, limit);
    if (windowLength - at(offset) < Frames.HEADER) {
      return Optional.empty();
    }
    int length = Frames.claimedLength(window, at(offset));
    if (length < 0 || offset + Frames.HEADER + length > limit) {
      return Optional.empty();
    }
    fill(segment, offset, Frames.HEADER + length, limit);
    Optional<Frames.Found> found = Frames.find(window, at(offset), windowLength);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    byte[] payload = Arrays.copyOfRange(window, found.get().payload(), found.get().end());
    try {
      return Optional.of(
          new Read(
              SpooledChunk.parse(sequence, payload, 0, payload.length),
              offset + Frames.HEADER + length));
    } catch (OrielException _) {
      return Optional.empty();
    }
  }

  private int at(long offset) {
    return (int) (offset - windowStart);
  }

  /// Has the window begin at {@code offset} unless that and {@code length} bytes behind it are in
  /// it; what it has of them already is not read again.
  private void fill(Segment segment, long offset, int length, long limit) throws IOException {
    boolean begins =
        windowSegment == segment.number
            && offset >= windowStart
            && offset <= windowStart + windowLength;
    if (begins && offset + length <= windowStart + windowLength) {
      return;
    }
    int kept = begins ? windowLength - at(offset) : 0;
    byte[] into = window;
    if (length > window.length || length <= WINDOW && window.length > WINDOW) {
      into = new byte[Math.max(WINDOW, length)];
    }
    System.arraycopy(window, windowLength - kept, into, 0, kept);
    window = into;
    windowSegment = segment.number;
    windowStart = offset;
    windowLength = kept;
    int wanted = (int) Math.min(into.length - kept, limit - offset - kept);
    windowLength += disk.read(segment.file, offset + kept, into, kept, wanted);
  }
}
