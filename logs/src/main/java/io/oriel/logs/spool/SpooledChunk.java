package io.oriel.logs.spool;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;

/// Events read back from the spool. Immutable; the array is its own.
public final class SpooledChunk {
  private final long sequence;
  private final Position position;
  private final long appendedMillis;
  private final byte[] bytes;
  private final int[] actions;
  private final int[] documents;
  private final int[] ends;

  private SpooledChunk(
      long sequence, Position position, long appendedMillis, byte[] bytes, int count) {
    this.sequence = sequence;
    this.position = position;
    this.appendedMillis = appendedMillis;
    this.bytes = bytes;
    this.actions = new int[count];
    this.documents = new int[count];
    this.ends = new int[count];
  }

  /// Takes a frame's payload apart.
  ///
  /// @param bytes hold the payload; taken over, must not change
  /// @throws OrielException of kind CORRUPT when it is none
  static SpooledChunk parse(long sequence, byte[] bytes, int from, int to) {
    Varints.Reader in = new Varints.Reader(bytes, from, to);
    int format = in.readByte();
    if (format != 1) {
      throw new OrielException(Kind.CORRUPT, "spool frame: got format " + format + ", want 1");
    }
    long millis = in.readLong();
    Position position =
        new Position(in.readText(), (int) in.readLong(), in.readLong(), (int) in.readLong());
    SpooledChunk chunk = new SpooledChunk(sequence, position, millis, bytes, in.readLength());
    for (int i = 0; i < chunk.actions.length; i++) {
      int action = (int) Math.min(Integer.MAX_VALUE, in.readLong());
      int document = (int) Math.min(Integer.MAX_VALUE, in.readLong());
      chunk.actions[i] = in.skip(action);
      chunk.documents[i] = in.skip(document);
      chunk.ends[i] = in.position();
    }
    return chunk;
  }

  /// Its number since the spool was opened; counts up by one.
  public long sequence() {
    return sequence;
  }

  /// The position of the file after its events.
  public Position position() {
    return position;
  }

  /// When it was appended.
  public long appendedMillis() {
    return appendedMillis;
  }

  public int count() {
    return actions.length;
  }

  /// The array that its events lie in. Do not change it.
  public byte[] bytes() {
    return bytes;
  }

  /// Where the action of event {@code i} starts.
  public int action(int i) {
    return actions[i];
  }

  /// Where the document of event {@code i} starts, and its action ends.
  public int document(int i) {
    return documents[i];
  }

  /// Where event {@code i} ends.
  public int end(int i) {
    return ends[i];
  }
}
