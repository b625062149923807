package io.oriel.logs.spool;

import io.oriel.disk.Frames;

/// Events on their way into the spool, with the position of their file after them. Reused by its
/// owner; not thread-safe.
///
/// An event is two lines of a bulk request, action and document, without their line ends.
public final class Chunk {
  private static final int FORMAT = 1;

  private final Varints head = new Varints();
  private final Varints events = new Varints();
  private int count;

  /// Begins anew.
  public void clear() {
    events.clear();
    count = 0;
  }

  public int count() {
    return count;
  }

  /// Bytes of its events so far.
  public int size() {
    return events.size();
  }

  /// Adds an event.
  public void add(Varints action, byte[] document, int offset, int length) {
    events.putLong(action.size()).putLong(length);
    events.putBytes(action.array(), 0, action.size());
    events.putBytes(document, offset, length);
    count++;
  }

  /// The whole as one sealed frame.
  byte[] frame(Position after, long nowMillis) {
    head.clear().putByte(FORMAT).putLong(nowMillis).putText(after.source());
    head.putLong(after.generation()).putLong(after.offset());
    head.putLong(after.anchor() & 0xFFFFFFFFL).putLong(count);
    int payload = head.size() + events.size();
    byte[] frame = new byte[Frames.HEADER + payload];
    System.arraycopy(head.array(), 0, frame, Frames.HEADER, head.size());
    System.arraycopy(events.array(), 0, frame, Frames.HEADER + head.size(), events.size());
    Frames.seal(frame, 0, payload);
    return frame;
  }
}
