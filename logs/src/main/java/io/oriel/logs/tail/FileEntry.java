package io.oriel.logs.tail;

import io.oriel.logs.spool.Position;

/// What the registry knows of one generation of a file. Immutable.
///
/// @param key names the file for ever; document ids begin with it
/// @param generation counts how often it was emptied and begun anew
/// @param path where it was last
/// @param device of its file system; may change with a restart
/// @param createdNanos when the file system says it was made, in nanoseconds since 1970; zero when
///   the file system does not know
/// @param offset up to which its lines are durable in the spool, in decompressed bytes
/// @param anchor checksum of the bytes before {@code offset}
/// @param seenMillis when it was last seen or read
/// @param note what its reader wants to know again after a restart; opaque here
public record FileEntry(
    String key,
    int generation,
    String path,
    long device,
    long inode,
    long createdNanos,
    Fingerprint fingerprint,
    long offset,
    int anchor,
    State state,
    long seenMillis,
    String note) {
  /// Where in its life a generation is.
  public enum State {
    /** It is there, or was when last looked. */
    LIVE,
    /** It was emptied before all of it was read; the rest may turn up in a copy. */
    REMAINDER,
    /** The rest of what was emptied is in a copy, to which this now belongs. */
    COPY,
    /** All of it was read, and nothing more can come: a compressed file, or a copy. */
    FINISHED
  }

  /// Key and generation as one.
  String id() {
    return key + "/" + generation;
  }

  Position position() {
    return new Position(key, generation, offset, anchor);
  }

  FileEntry at(Position position) {
    return new FileEntry(
        key,
        generation,
        path,
        device,
        inode,
        createdNanos,
        fingerprint,
        position.offset(),
        position.anchor(),
        state,
        seenMillis,
        note);
  }

  FileEntry in(State next) {
    return new FileEntry(
        key,
        generation,
        path,
        device,
        inode,
        createdNanos,
        fingerprint,
        offset,
        anchor,
        next,
        seenMillis,
        note);
  }

  FileEntry beginning(Fingerprint with) {
    return new FileEntry(
        key,
        generation,
        path,
        device,
        inode,
        createdNanos,
        with,
        offset,
        anchor,
        state,
        seenMillis,
        note);
  }

  FileEntry noting(String text) {
    return new FileEntry(
        key,
        generation,
        path,
        device,
        inode,
        createdNanos,
        fingerprint,
        offset,
        anchor,
        state,
        seenMillis,
        text);
  }

  /// The same file where and as {@code sighting} saw it.
  FileEntry seenAs(Sighting sighting, long nowMillis) {
    Fingerprint now =
        fingerprint.isFull() || sighting.head().length <= fingerprint.length()
            ? fingerprint
            : sighting.fingerprint();
    long birthBefore = sighting.inode() == inode ? createdNanos : 0;
    return new FileEntry(
        key,
        generation,
        sighting.path().toString(),
        sighting.device(),
        sighting.inode(),
        sighting.knowsBirth() ? sighting.birth() : birthBefore,
        now,
        offset,
        anchor,
        state,
        nowMillis,
        note);
  }

  /// The next generation, of which nothing is read.
  FileEntry emptied(Sighting sighting, long nowMillis) {
    return new FileEntry(
        key,
        generation + 1,
        sighting.path().toString(),
        sighting.device(),
        sighting.inode(),
        sighting.knowsBirth() || sighting.inode() != inode ? sighting.birth() : createdNanos,
        sighting.fingerprint(),
        0,
        0,
        State.LIVE,
        nowMillis,
        note);
  }

  /// A file never seen before.
  static FileEntry fresh(String key, Sighting sighting, long nowMillis) {
    return new FileEntry(
        key,
        0,
        sighting.path().toString(),
        sighting.device(),
        sighting.inode(),
        sighting.birth(),
        sighting.fingerprint(),
        0,
        0,
        State.LIVE,
        nowMillis,
        "");
  }
}
