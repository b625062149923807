package io.oriel.wire.elastic;

import io.oriel.model.error.LimitExceeded;
import io.oriel.model.error.OrielException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Reads the items of a bulk request one by one; holds one item, and what came with it. Not
/// thread-safe; the stream stays the caller's to close.
///
/// Lines end in `\n`, the last one too; a `\r` before it is dropped; empty lines between items are
/// skipped.
public final class BulkReader {
  private static final int INITIAL = 16 << 10;
  private static final int LOOK_AHEAD = 8 << 10;

  private final InputStream in;
  private final int maxLineBytes;
  private byte[] buffer = new byte[INITIAL];
  private int from;
  private int to;
  private boolean ended;

  private long line;
  private @Nullable BulkAction action;
  private int sourceStart;
  private int sourceEnd;

  private final ActionLines actionLines = new ActionLines();

  /// @param maxLineBytes longest line; a longer one is refused by name
  public BulkReader(InputStream in, int maxLineBytes) {
    this.in = in;
    this.maxLineBytes = maxLineBytes;
  }

  /// Goes to the next item.
  ///
  /// @return false when there is none any more
  /// @throws OrielException of kind INVALID, with the number of the line, when the request is not
  ///   one; what came before it was whole
  /// @throws LimitExceeded when a line is too long
  /// @throws IOException when the stream cannot be read
  public boolean next() throws IOException {
    do {
      if (!nextLine()) {
        return false;
      }
    } while (sourceStart == sourceEnd);
    BulkAction read = actionLines.read(buffer, sourceStart, sourceEnd, line);
    action = read;
    if (read.op().hasSource()) {
      if (!nextLine()) {
        throw OrielException.invalid(
            "the bulk request ends after action line [" + line + "], want its document");
      }
    } else {
      sourceEnd = sourceStart;
    }
    return true;
  }

  /// Finds the next line and leaves its bounds, without its end, in {@link #sourceStart} and {@link
  /// #sourceEnd}.
  ///
  /// @return false at the end of the request
  private boolean nextLine() throws IOException {
    int seen = 0;
    while (true) {
      int end = ByteScan.find(buffer, from + seen, to, (byte) '\n');
      if (end < to) {
        refuseLong(end - from);
        line++;
        sourceStart = from;
        sourceEnd = end > from && buffer[end - 1] == '\r' ? end - 1 : end;
        from = end + 1;
        return true;
      }
      seen = to - from;
      refuseLong(seen);
      if (!fill()) {
        if (seen > 0) {
          throw OrielException.invalid(
              "the bulk request must be terminated by a newline [\\n], line ["
                  + (line + 1)
                  + "] is not");
        }
        return false;
      }
    }
  }

  private void refuseLong(int bytes) {
    if (bytes > maxLineBytes) {
      throw new LimitExceeded("bytes of line [" + (line + 1) + "]", maxLineBytes, bytes);
    }
  }

  private boolean fill() throws IOException {
    if (ended) {
      return false;
    }
    if (from > 0) {
      System.arraycopy(buffer, from, buffer, 0, to - from);
      to -= from;
      from = 0;
    }
    if (buffer.length - to < LOOK_AHEAD) {
      buffer = Arrays.copyOf(buffer, 2 * buffer.length);
    }
    int got = in.read(buffer, to, buffer.length - to);
    if (got < 0) {
      ended = true;
      return false;
    }
    to += got;
    return true;
  }

  /// The present item's action.
  public BulkAction action() {
    BulkAction present = action;
    if (present == null) {
      throw OrielException.bug("no item before next()");
    }
    return present;
  }

  /// What holds the present item's document, from {@link #sourceStart} to {@link #sourceEnd}; valid
  /// until {@link #next}. Do not change it.
  public byte[] buffer() {
    return buffer;
  }

  /// Where the document starts in {@link #buffer}.
  public int sourceStart() {
    return sourceStart;
  }

  /// Where the document ends in {@link #buffer}, exclusive; the same as {@link #sourceStart} for a
  /// deletion.
  public int sourceEnd() {
    return sourceEnd;
  }

  /// The number of the line read last, from 1.
  public long line() {
    return line;
  }
}
