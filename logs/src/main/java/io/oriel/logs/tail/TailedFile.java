package io.oriel.logs.tail;

import io.oriel.disk.Crc32c;
import io.oriel.logs.spool.Position;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// An open file on its way through its sink. One thread at a time steps it; the flags may be set by
/// another.
final class TailedFile {
  /** How many bytes before the position are compared with what was read before. */
  private static final int ANCHOR = 64;

  final int input;
  final FileEntry entry;
  final boolean complete;
  private final TailConfig config;
  private final ByteSource source;
  private final LineSink sink;
  private final Growth growth;
  private final TailMetrics metrics;
  private final Encoding encoding;
  private final LineSplitter splitter;

  /** Next byte to read. */
  private long offset;

  /** Where the file ended when it last grew. */
  private long seenEnd;

  /** How many bytes the fingerprint covers that the registry has. */
  private int fingerprinted;

  private byte[] anchor = {};

  /** It was emptied and written anew between the look at it and its opening. */
  private boolean replaced;

  /**
   * A line that is longer than the buffer, as much of it as is kept; its start and whole length.
   */
  private @Nullable ByteArrayOutputStream longLine;

  private long longStart;

  /** Up to where everything is in the spool. Written by the stepping thread. */
  private volatile long committed;

  private volatile int committedAnchor;

  /** Its name leads elsewhere, or nowhere. Written by the scan. */
  volatile boolean removed;

  /** The last look did not find it. Used by the looking thread only. */
  boolean missed;

  volatile boolean renamed;

  /** When it last had something new, and when it was opened, on the ticker. */
  volatile long activeNanos;

  final long openedNanos;

  /** Waiting in a queue or being stepped; guarded by the lock of {@link OpenFiles}. */
  boolean busy;

  /// What a step says of the file.
  enum Step {
    /** There is more to read now. */
    MORE,
    /** Read to its present end. */
    END,
    /** Read to its end, and nothing can follow. */
    COMPLETE,
    /** It is shorter than it was, or other content is where the old one was. */
    EMPTIED
  }

  /// The parts of an open file.
  ///
  /// @param complete nothing will be added to it: it is read to its end and finished
  /// @param growth is told what the file begins with, before more of it is passed on
  record Parts(
      int input,
      FileEntry entry,
      boolean complete,
      ByteSource source,
      LineSink sink,
      Growth growth,
      long now) {}

  interface Growth {
    /// @param head the first bytes of the file, as many as there are up to a full fingerprint
    /// @return false when the file is known to begin otherwise, or with more: it was emptied
    boolean beginsWith(FileEntry entry, byte[] head) throws IOException;
  }

  TailedFile(Parts parts, TailConfig config, TailMetrics metrics) throws IOException {
    this.input = parts.input();
    this.entry = parts.entry();
    this.complete = parts.complete() || parts.source().isComplete();
    this.source = parts.source();
    this.sink = parts.sink();
    this.growth = parts.growth();
    this.fingerprinted = entry.fingerprint().length();
    this.config = config;
    this.metrics = metrics;
    this.offset = entry.offset();
    this.committed = offset;
    this.committedAnchor = entry.anchor();
    this.activeNanos = parts.now();
    this.openedNanos = parts.now();
    byte[] mark = new byte[4];
    int got = config.reading().encoding().unit() == 2 ? source.read(0, mark, 0, 4) : 0;
    this.encoding = config.reading().encoding().markedBy(mark, got);
    this.splitter = new LineSplitter(encoding, config.reading().lineEnd());
    if (!source.isComplete()) {
      this.anchor = anchorBefore(source, offset);
      this.replaced = isOther(source, anchor, entry);
    }
  }

  /// Whether {@code before}, which is before the position of {@code entry} now, is not what was
  /// there. Where that is not known, the beginning tells, which is looked at later: so whatever
  /// comes after both looks is found by the next one.
  private static boolean isOther(ByteSource source, byte[] before, FileEntry entry)
      throws IOException {
    if (entry.offset() == 0) {
      return false;
    }
    if (before.length == 0) {
      return true;
    }
    return entry.anchor() != 0
        ? Crc32c.of(before) != entry.anchor()
        : !entry.fingerprint().isPrefixOf(head(source));
  }

  private static byte[] anchorBefore(ByteSource source, long offset) throws IOException {
    byte[] before = new byte[(int) Math.min(ANCHOR, offset)];
    int got =
        before.length == 0 ? 0 : source.read(offset - before.length, before, 0, before.length);
    return got == before.length ? before : new byte[0];
  }

  /// Whether the bytes before the position of {@code entry} are those that were there when it was
  /// taken; false also when that is not known.
  static boolean isWhereItWas(ByteSource source, FileEntry entry) throws IOException {
    byte[] before = anchorBefore(source, entry.offset());
    return entry.anchor() != 0 && before.length > 0 && Crc32c.of(before) == entry.anchor();
  }

  /// Up to where everything is passed on.
  Position position() {
    return new Position(entry.key(), entry.generation(), committed, committedAnchor);
  }

  /// How many bytes are there that are not passed on; what is not known counts as none.
  long behind() {
    try {
      return Math.max(0, source.size() - committed);
    } catch (IOException _) {
      return 0;
    }
  }

  boolean hasMore() throws IOException {
    long size = source.size();
    return size < 0 || size != offset || sink.hasPending();
  }

  /// Reads one buffer full, hands its lines over, and has the sink pass them on.
  Step step(byte[] buffer, long now) throws IOException, InterruptedException {
    if (replaced) {
      return Step.EMPTIED;
    }
    int overlap = anchor.length;
    int got = source.read(offset - overlap, buffer, 0, buffer.length);
    if (!source.isComplete() && !isStillTheSame(buffer, Math.max(got, 0))) {
      return Step.EMPTIED;
    }
    int to = Math.max(got, overlap);
    int at = lines(buffer, overlap, to, offset - overlap);
    boolean full = got == buffer.length;
    if (full && at == overlap && longLine == null) {
      beginLongLine(buffer, at, to, offset);
      at = to;
    }
    if (offset + to - overlap > seenEnd) {
      seenEnd = offset + to - overlap;
      activeNanos = now;
      fingerprint();
    }
    boolean ended = complete && !full;
    if (ended && at < to) {
      at = unterminated(buffer, at, to, offset - overlap);
    }
    advance(buffer, at, offset + at - overlap);
    if (ended) {
      endLongLine(offset);
    }
    pass(ended);
    return full ? Step.MORE : ended ? Step.COMPLETE : Step.END;
  }

  private void fingerprint() throws IOException {
    if (fingerprinted < Math.min(Fingerprint.MOST, seenEnd) && !source.isComplete()) {
      boolean _ = beginsWith(head());
    }
  }

  private boolean beginsWith(byte[] head) throws IOException {
    boolean same = growth.beginsWith(entry, head);
    fingerprinted = same ? head.length : fingerprinted;
    return same;
  }

  /// Whether what was just read, together with what was there when it was looked at or read last,
  /// is of one content.
  private boolean isStillTheSame(byte[] buffer, int got) throws IOException {
    return offset > 0
        ? isAnchored(buffer, got)
        : beginsWith(Arrays.copyOf(buffer, Math.min(Fingerprint.MOST, got)));
  }

  private boolean isAnchored(byte[] buffer, int got) throws IOException {
    if (anchor.length == 0) {
      return source.size() >= offset;
    }
    return got >= anchor.length
        && Arrays.equals(anchor, 0, anchor.length, buffer, 0, anchor.length);
  }

  private void advance(byte[] buffer, int at, long to) {
    metrics.bytes.inc(to - offset);
    offset = to;
    if (!source.isComplete()) {
      anchor = Arrays.copyOfRange(buffer, Math.max(0, at - ANCHOR), at);
    }
  }

  /// Hands over every whole line of {@code buffer}, whose first byte is at {@code base} of the
  /// file; returns where the first incomplete one begins.
  private int lines(byte[] buffer, int from, int to, long base) {
    int at = from;
    if (base + from == 0) {
      at += encoding.markLength(buffer, to);
    }
    int count = 0;
    while (at < to) {
      if (longLine == null) {
        at = skipNul(buffer, at, to);
      }
      int next = splitter.next(buffer, at, to);
      if (next < 0) {
        if (longLine != null) {
          extendLongLine(buffer, at, to);
          at = to;
        }
        break;
      }
      if (longLine != null) {
        extendLongLine(buffer, at, splitter.textEnd(buffer, at, next));
        endLongLine(base + next);
      } else {
        hand(buffer, at, splitter.textEnd(buffer, at, next), base + at, base + next);
        count++;
      }
      at = next;
    }
    metrics.lines.inc(count);
    return at;
  }

  private int skipNul(byte[] buffer, int from, int to) {
    if (buffer[from] != 0
        || encoding.unit() > 1
        || config.reading().lineEnd() == LineEnd.NULL_TERMINATOR) {
      return from;
    }
    int at = from;
    while (at < to && buffer[at] == 0) {
      at++;
    }
    metrics.nulBytes.inc(at - from);
    return at;
  }

  private void hand(byte[] buffer, int from, int to, long start, long end) {
    byte[] bytes = buffer;
    int first = from;
    int last = to;
    if (!encoding.isPlain()) {
      bytes = encoding.toUtf8(buffer, from, to);
      first = 0;
      last = bytes.length;
    }
    boolean truncated = last - first > config.reading().maxLineBytes();
    if (truncated) {
      last = first + config.reading().maxLineBytes();
      while (last > first && (bytes[last] & 0xC0) == 0x80) {
        last--;
      }
      metrics.truncatedLines.inc();
    }
    sink.line(bytes, first, last, start, end, truncated);
  }

  private void beginLongLine(byte[] buffer, int from, int to, long start) {
    longLine = new ByteArrayOutputStream();
    longStart = start;
    extendLongLine(buffer, from, to);
  }

  private void extendLongLine(byte[] buffer, int from, int to) {
    ByteArrayOutputStream line = longLine;
    if (line != null) {
      // one byte more than allowed is kept, which says that it was too long
      int room = Math.max(0, config.reading().maxLineBytes() + encoding.unit() - line.size());
      line.write(buffer, from, Math.min(room, Math.max(0, to - from)));
    }
  }

  private void endLongLine(long end) {
    ByteArrayOutputStream line = longLine;
    if (line != null) {
      longLine = null;
      byte[] bytes = Arrays.copyOf(line.toByteArray(), line.size() + 1);
      hand(bytes, 0, line.size(), longStart, end);
      metrics.lines.inc();
    }
  }

  private int unterminated(byte[] buffer, int from, int to, long base) {
    if (longLine != null) {
      extendLongLine(buffer, from, to);
      return to;
    }
    int at = skipNul(buffer, from, to);
    if (at < to) {
      hand(buffer, at, to, base + at, base + to);
      metrics.lines.inc();
    }
    return to;
  }

  private void pass(boolean last) throws IOException, InterruptedException {
    long safe = longLine != null ? longStart : offset;
    int checksum = longLine != null || anchor.length == 0 ? 0 : Crc32c.of(anchor);
    long passed = sink.endPiece(safe, checksum, last);
    committedAnchor = passed == safe ? checksum : 0;
    committed = passed;
  }

  /// Hands over a last line without an end, and all that is pending: nothing more will come.
  void finish(byte[] buffer) throws IOException, InterruptedException {
    int overlap = anchor.length;
    int got = source.read(offset - overlap, buffer, 0, buffer.length);
    if (got > overlap && (source.isComplete() || isStillTheSame(buffer, got))) {
      int at = lines(buffer, overlap, got, offset - overlap);
      at = unterminated(buffer, at, got, offset - overlap);
      advance(buffer, at, offset + at - overlap);
    }
    endLongLine(offset);
    pass(true);
  }

  /// Has all that is pending passed on; what is read of an unfinished line is not.
  void flush() throws IOException, InterruptedException {
    pass(true);
  }

  /// Makes durable what was passed on.
  void sync() throws IOException {
    sink.sync();
  }

  /// The first bytes of the file as they are now.
  byte[] head() throws IOException {
    return head(source);
  }

  private static byte[] head(ByteSource source) throws IOException {
    byte[] head = new byte[Fingerprint.MOST];
    int got = source.read(0, head, 0, head.length);
    return Arrays.copyOf(head, Math.max(0, got));
  }

  /// Lets go of the sink but not of the file, which goes on in another generation.
  ByteSource release() {
    sink.close();
    return source;
  }

  void close() throws IOException {
    sink.close();
    source.close();
  }
}
