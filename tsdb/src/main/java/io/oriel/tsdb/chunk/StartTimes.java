package io.oriel.tsdb.chunk;

/// The optional start timestamps of encodings 4, 5 and 6, read along with the samples. Used for one
/// chunk.
///
/// Each is coded by its distance before the sample before it (before the sample itself for the
/// first).
final class StartTimes {
  private final boolean firstKnown;
  private final int changedOn;
  private long start;
  private long distance;
  private long lastTime;

  /// @param header the `st_header` byte
  StartTimes(int header) {
    this.firstKnown = (header & 0x80) != 0;
    this.changedOn = header & 0x7F;
  }

  /// The start timestamp of sample {@code i} at {@code time}, whose other fields have just been
  /// read; zero when unknown.
  long next(BitReader in, int i, long time) {
    if (i == 0) {
      start = firstKnown ? time - in.varint() : 0;
    } else if (changedOn > 0 && i >= changedOn) {
      long coded = in.varbitInt();
      distance = i == changedOn ? coded : distance + coded;
      start = lastTime - distance;
    }
    lastTime = time;
    return start;
  }
}
