package io.oriel.logs.spool;

import io.oriel.disk.Frames;
import io.oriel.disk.WritableFile;
import java.io.IOException;

/// Events on their way into the spool, with the position of their file after them. Reused by its
/// owner; not thread-safe.
///
/// An event is two lines of a bulk request, action and document, without their line ends.
public final class Chunk {
  private static final int FORMAT = 1;

  /** Left before the events, so that what a frame begins with need not move them. */
  private static final int ROOM = Frames.HEADER + 256;

  private final Varints head = new Varints();
  private final Varints events = new Varints();
  private int count;

  public Chunk() {
    clear();
  }

  /// Begins anew.
  public final void clear() {
    events.clear().reserve(ROOM);
    events.advance(ROOM);
    count = 0;
  }

  public int count() {
    return count;
  }

  /// Bytes of its events so far.
  public int size() {
    return events.size() - ROOM;
  }

  /// Adds an event.
  public void add(Varints action, byte[] document, int offset, int length) {
    events.putLong(action.size()).putLong(length);
    events.putBytes(action.array(), 0, action.size());
    events.putBytes(document, offset, length);
    count++;
  }

  /// Writes the whole as one sealed frame.
  ///
  /// @return the frame's length in bytes
  /// @throws IOException when the disk refuses; half of it may be written then
  int writeTo(WritableFile out, Position after, long nowMillis) throws IOException {
    head.clear().putByte(FORMAT).putLong(nowMillis).putText(after.source());
    head.putLong(after.generation()).putLong(after.offset());
    head.putLong(after.anchor() & 0xFFFFFFFFL).putLong(count);
    int payload = head.size() + size();
    int start = ROOM - head.size() - Frames.HEADER;
    byte[] bytes = events.array();
    if (start < 0) {
      start = 0;
      bytes = new byte[Frames.HEADER + payload];
      System.arraycopy(events.array(), ROOM, bytes, Frames.HEADER + head.size(), size());
    }
    System.arraycopy(head.array(), 0, bytes, start + Frames.HEADER, head.size());
    Frames.seal(bytes, start, payload);
    out.write(bytes, start, Frames.HEADER + payload);
    return Frames.HEADER + payload;
  }
}
