package io.oriel.wire.storeapi;

import io.oriel.model.labels.Labels;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Which part of all series is asked for, by a hash of some of their labels.
///
/// @param index from zero, below {@code total}
/// @param total how many parts there are; zero for no sharding
/// @param by whether {@code labels} are hashed, else all others but `__name__`'s metric name
public record ShardInfo(long index, long total, boolean by, List<String> labels) {
  private static final int SEPARATOR = 0xFF;

  public ShardInfo {
    labels = List.copyOf(labels);
  }

  /// All series.
  public static ShardInfo none() {
    return new ShardInfo(0, 0, false, List.of());
  }

  public boolean isSharded() {
    return total > 1;
  }

  /// Whether {@code series} belongs to this part: xxhash64 over `name 0xff value 0xff` of each
  /// hashed label in order, modulo the number of parts.
  public boolean takes(Labels series) {
    if (!isSharded()) {
      return true;
    }
    byte[] bytes = new byte[256];
    int n = 0;
    for (int i = 0; i < series.size(); i++) {
      if (labels.contains(series.name(i)) == by) {
        byte[] name = series.name(i).getBytes(StandardCharsets.UTF_8);
        byte[] value = series.value(i).getBytes(StandardCharsets.UTF_8);
        int need = n + name.length + value.length + 2;
        if (need > bytes.length) {
          bytes = java.util.Arrays.copyOf(bytes, 2 * need);
        }
        n = put(bytes, put(bytes, n, name), value);
      }
    }
    return Long.remainderUnsigned(XxHash64.of(bytes, n), total) == index;
  }

  private static int put(byte[] into, int at, byte[] part) {
    System.arraycopy(part, 0, into, at, part.length);
    into[at + part.length] = (byte) SEPARATOR;
    return at + part.length + 1;
  }
}
