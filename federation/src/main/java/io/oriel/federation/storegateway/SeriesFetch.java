package io.oriel.federation.storegateway;

import io.oriel.disk.Crc32c;
import io.oriel.model.error.CorruptionException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Reads series' entries of a block's index. For one thread.
final class SeriesFetch {
  private static final int MOST_LENGTH_BYTES = 10;

  private final Reading reading;

  SeriesFetch(Reading reading) {
    this.reading = reading;
  }

  /// The entries of {@code references}, in their order, without length and checksum.
  ///
  /// @param references ascending
  byte[][] entries(int[] references) {
    byte[][] entries = new byte[references.length][];
    List<Integer> missing = new ArrayList<>();
    List<ByteRange> ranges = new ArrayList<>();
    for (int i = 0; i < references.length; i++) {
      byte[] known = reading.cache().series(reading.block().ulid(), references[i]);
      if (known != null) {
        entries[i] = known;
      } else {
        long start = reading.header().seriesOffset(references[i]);
        missing.add(i);
        ranges.add(new ByteRange(start, start + reading.block().seriesBytes()));
      }
    }
    reading.metrics().dataTouched.labelValues("series").observe(references.length);
    if (missing.isEmpty()) {
      return entries;
    }
    List<ByteRange.Part> parts = ByteRange.partition(ranges, Reading.MOST_GAP, Reading.MOST_PART);
    reading.eachPart(
        reading.block().indexObject(),
        parts,
        (part, bytes) -> {
          for (int i = part.from(); i < part.to(); i++) {
            int at = missing.get(i);
            byte[] entry = entry(ranges.get(i).start(), part.start(), bytes);
            entries[at] = entry;
            reading.cache().putSeries(reading.block().ulid(), references[at], entry);
          }
        });
    long size = parts.stream().mapToLong(ByteRange.Part::length).sum();
    reading.metrics().dataFetched.labelValues("series").observe(missing.size());
    reading.metrics().bytesFetched.labelValues("series").observe((double) size);
    return entries;
  }

  private byte[] entry(long at, long start, byte[] bytes) {
    int offset = (int) Math.min(at - start, bytes.length);
    ByteBuffer in = ByteBuffer.wrap(bytes, offset, bytes.length - offset);
    if (in.remaining() < MOST_LENGTH_BYTES) {
      in = ByteBuffer.wrap(Arrays.copyOfRange(bytes, offset, offset + MOST_LENGTH_BYTES));
    }
    int before = in.position();
    long length = uvarint(in, at);
    int head = in.position() - before;
    int whole = RemoteBlock.believable(reading.block().indexObject(), at, head + length + 4);
    if (whole > bytes.length - offset) {
      reading.metrics().seriesRefetches.inc();
      byte[] again =
          reading.block().read(reading.block().indexObject(), at, whole, reading.budget());
      if (again.length < whole) {
        throw corrupt(at, "series: got " + again.length + " bytes, want " + whole);
      }
      return checked(again, head, (int) length, at);
    }
    return checked(bytes, offset + head, (int) length, at);
  }

  private byte[] checked(byte[] bytes, int from, int length, long at) {
    int got = Crc32c.of(bytes, from, length);
    int want = ByteBuffer.wrap(bytes).getInt(from + length);
    if (got != want) {
      throw corrupt(at, "series checksum: got 0x%08x, want 0x%08x".formatted(got, want));
    }
    return Arrays.copyOfRange(bytes, from, from + length);
  }

  private long uvarint(ByteBuffer in, long at) {
    long value = 0;
    for (int shift = 0; shift < 7 * MOST_LENGTH_BYTES && in.hasRemaining(); shift += 7) {
      byte b = in.get();
      value |= (b & 0x7FL) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw corrupt(at, "a series' length has more than 10 bytes");
  }

  private CorruptionException corrupt(long at, String problem) {
    return new CorruptionException(reading.block().indexObject(), at, problem);
  }
}
