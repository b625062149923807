package io.oriel.logs.tail;

import io.oriel.logs.spool.Position;
import io.oriel.logs.spool.Varints;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import java.util.Map;

/// The registry's records.
final class RegistryCodec {
  private static final int PUT = 1;
  private static final int MOVE = 2;
  private static final int REMOVE = 3;

  private RegistryCodec() {}

  static byte[] put(FileEntry entry) {
    Varints out = new Varints().putByte(PUT);
    write(out, entry);
    return out.toBytes();
  }

  private static void write(Varints out, FileEntry entry) {
    out.putText(entry.key()).putLong(entry.generation()).putText(entry.path());
    out.putLong(entry.device()).putLong(entry.inode()).putLong(entry.createdNanos());
    out.putLong(entry.fingerprint().length()).putText(entry.fingerprint().sha256());
    out.putLong(entry.offset()).putLong(entry.anchor() & 0xFFFFFFFFL);
    out.putByte(entry.state().ordinal()).putLong(entry.seenMillis()).putText(entry.note());
  }

  static byte[] move(Position position) {
    return new Varints()
        .putByte(MOVE)
        .putText(position.source())
        .putLong(position.generation())
        .putLong(position.offset())
        .putLong(position.anchor() & 0xFFFFFFFFL)
        .toBytes();
  }

  static byte[] remove(FileEntry entry) {
    return new Varints().putByte(REMOVE).putText(entry.key()).putLong(entry.generation()).toBytes();
  }

  /// Applies one record to {@code entries}, which are by key and generation.
  ///
  /// @throws OrielException of kind CORRUPT when it is none
  static void apply(byte[] bytes, int from, int to, Map<String, FileEntry> entries) {
    Varints.Reader in = new Varints.Reader(bytes, from, to);
    int type = in.readByte();
    switch (type) {
      case PUT -> {
        FileEntry entry = read(in);
        entries.put(entry.id(), entry);
      }
      case MOVE -> {
        Position position =
            new Position(in.readText(), (int) in.readLong(), in.readLong(), (int) in.readLong());
        entries.computeIfPresent(
            position.source() + "/" + position.generation(), (_, entry) -> entry.at(position));
      }
      case REMOVE -> entries.remove(in.readText() + "/" + in.readLong());
      default -> throw new OrielException(Kind.CORRUPT, "registry record of type " + type);
    }
  }

  private static FileEntry read(Varints.Reader in) {
    String key = in.readText();
    int generation = (int) in.readLong();
    String path = in.readText();
    long device = in.readLong();
    long inode = in.readLong();
    long created = in.readLong();
    Fingerprint fingerprint = new Fingerprint((int) in.readLong(), in.readText());
    long offset = in.readLong();
    int anchor = (int) in.readLong();
    int state = in.readByte();
    if (state >= FileEntry.State.values().length) {
      throw new OrielException(Kind.CORRUPT, "registry entry in state " + state);
    }
    return new FileEntry(
        key,
        generation,
        path,
        device,
        inode,
        created,
        fingerprint,
        offset,
        anchor,
        FileEntry.State.values()[state],
        in.readLong(),
        in.readText());
  }
}
