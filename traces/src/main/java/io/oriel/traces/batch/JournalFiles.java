package io.oriel.traces.batch;

import io.oriel.disk.Disk;
import io.oriel.disk.Frames;
import io.oriel.disk.WritableFile;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The journal's bytes, docs/formats/span-journal.md: `0000000000000001.spans` and so on, eight
/// bytes `ORSPANS1`, then {@link Frames}. A frame is a batch (kind 1, number, `TracesData`) or the
/// mark that one is settled (kind 2, number).
final class JournalFiles {
  private static final byte[] MAGIC = "ORSPANS1".getBytes(StandardCharsets.US_ASCII);
  private static final String END = ".spans";
  private static final byte BATCH = 1;
  private static final byte MARK = 2;

  /** Kind and number. */
  private static final int HEAD = 1 + Long.BYTES;

  private final Disk disk;
  private final Path directory;

  /// Where the spans of a batch lie in their segment.
  record Place(long offset, int length) {
    /** Of one that need not be read again. */
    static final Place NOWHERE = new Place(0, 0);
  }

  /// Is told what a segment holds, in its order.
  interface Visitor {
    void batch(long number, Place place);

    void settled(long number);
  }

  JournalFiles(Disk disk, Path directory) {
    this.disk = disk;
    this.directory = directory;
  }

  /// A frame that lacks its {@link #number}.
  static byte[] batchFrame(byte[] spans) {
    byte[] frame = new byte[Frames.HEADER + HEAD + spans.length];
    frame[Frames.HEADER] = BATCH;
    System.arraycopy(spans, 0, frame, Frames.HEADER + HEAD, spans.length);
    return frame;
  }

  static byte[] markFrame(long number) {
    byte[] frame = new byte[Frames.HEADER + HEAD];
    frame[Frames.HEADER] = MARK;
    number(frame, number);
    return frame;
  }

  /// Gives a frame its number, and its checksum.
  static void number(byte[] frame, long number) {
    ByteBuffer.wrap(frame).putLong(Frames.HEADER + 1, number);
    Frames.seal(frame);
  }

  /// The segments there are, oldest first.
  List<JournalSegment> list() throws IOException {
    List<JournalSegment> found = new ArrayList<>();
    for (Path file : disk.list(directory)) {
      String name = String.valueOf(file.getFileName());
      if (name.matches("[0-9]{16}\\" + END)) {
        found.add(new JournalSegment(Long.parseLong(name.substring(0, 16)), file));
      }
    }
    return found;
  }

  /// A new segment, whose name is not durable yet.
  JournalSegment create(long number) throws IOException {
    Path file = directory.resolve(String.format(Locale.ROOT, "%016d", number) + END);
    JournalSegment segment = new JournalSegment(number, file);
    WritableFile out = disk.create(file);
    try {
      out.write(MAGIC);
    } catch (IOException e) {
      out.close();
      throw e;
    }
    segment.out = out;
    segment.size = MAGIC.length;
    return segment;
  }

  /// Reads a segment through, up to its first damaged frame.
  ///
  /// @return how many bytes are behind that
  /// @throws OrielException of kind CORRUPT when it is of another format
  int scan(JournalSegment segment, Visitor visitor) throws IOException {
    byte[] bytes = disk.read(segment.file);
    if (bytes.length < MAGIC.length) {
      segment.size = bytes.length;
      return 0;
    }
    if (!Arrays.equals(MAGIC, 0, MAGIC.length, bytes, 0, MAGIC.length)) {
      throw new OrielException(
          Kind.CORRUPT, "cannot open " + segment.file + ": it is no span journal of version 1");
    }
    int at = MAGIC.length;
    Optional<Frames.Found> frame = Frames.find(bytes, at, bytes.length);
    while (frame.isPresent() && frame.get().length() >= HEAD) {
      int payload = frame.get().payload();
      long number = ByteBuffer.wrap(bytes).getLong(payload + 1);
      switch (bytes[payload]) {
        case BATCH -> visitor.batch(number, new Place(payload + HEAD, frame.get().length() - HEAD));
        case MARK -> visitor.settled(number);
        default ->
            throw new OrielException(
                Kind.CORRUPT,
                segment.file + ": got a frame of kind " + bytes[payload] + " at " + at);
      }
      at = frame.get().end();
      frame = Frames.find(bytes, at, bytes.length);
    }
    segment.size = bytes.length;
    return bytes.length - at;
  }

  byte[] read(JournalSegment segment, Place place) throws IOException {
    return disk.read(segment.file, place.offset(), place.length());
  }

  void syncDirectory() throws IOException {
    disk.syncDirectory(directory);
  }

  void delete(JournalSegment segment) throws IOException {
    disk.delete(segment.file);
  }
}
