package io.oriel.logs.parse;

import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/// An event that further lines are added to. Used by one thread.
final class Pieces {
  private final int maxBytes;
  private final ByteArrayOutputStream text = new ByteArrayOutputStream();
  private @Nullable LogEvent first;
  private int lines;

  Pieces(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  boolean isEmpty() {
    return first == null;
  }

  int lines() {
    return lines;
  }

  /// Lines of the file that it is made of so far.
  long heldLines() {
    return first == null ? 0 : first.lines();
  }

  /// The offset of its first line; the largest number when there is none.
  long offset() {
    return first == null ? Long.MAX_VALUE : first.offset();
  }

  /// Adds the text of {@code event}, after {@code separator} unless it is the first.
  void add(LogEvent event, String separator) {
    LogEvent whole = first;
    if (whole == null) {
      event.keep();
      first = event;
      whole = event;
      text.reset();
      lines = 0;
    } else {
      whole.endAt(event.end());
      whole.countLines(event.lines() + 1);
      for (int i = 0; i < separator.length(); i++) {
        text.write(separator.charAt(i));
      }
    }
    lines++;
    int room = maxBytes - text.size();
    int length = event.to() - event.from();
    if (length > room || event.isTruncated()) {
      whole.markTruncated();
    }
    text.write(event.buffer(), event.from(), Math.max(0, Math.min(room, length)));
  }

  /// Counts a line of which nothing is kept.
  void cut(LogEvent event) {
    LogEvent whole = first;
    if (whole != null) {
      whole.endAt(event.end());
      whole.countLines(event.lines() + 1);
      whole.markTruncated();
      lines++;
    }
  }

  /// The event with everything added to it, which is forgotten here.
  LogEvent take() {
    LogEvent whole = first;
    if (whole == null) {
      throw io.oriel.model.error.OrielException.bug("no event to take");
    }
    byte[] all = text.toByteArray();
    whole.message(all, 0, all.length);
    first = null;
    text.reset();
    return whole;
  }
}
