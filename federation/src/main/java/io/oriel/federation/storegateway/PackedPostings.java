package io.oriel.federation.storegateway;

import java.util.Arrays;

/// Ascending references as their distances in varints: about a byte each instead of four.
final class PackedPostings {
  private PackedPostings() {}

  static byte[] pack(int[] references) {
    byte[] out = new byte[5 * (references.length + 1)];
    int n = put(out, 0, references.length);
    long last = 0;
    for (int reference : references) {
      long now = reference & 0xFFFFFFFFL;
      n = put(out, n, now - last);
      last = now;
    }
    return Arrays.copyOf(out, n);
  }

  private static int put(byte[] out, int at, long value) {
    int n = at;
    long rest = value;
    while (rest >= 0x80) {
      out[n++] = (byte) (rest & 0x7F | 0x80);
      rest >>>= 7;
    }
    out[n++] = (byte) rest;
    return n;
  }

  static int[] unpack(byte[] packed) {
    int at = 0;
    long value = 0;
    int shift = 0;
    int[] references = {};
    int n = -1;
    long last = 0;
    while (at < packed.length) {
      byte b = packed[at++];
      value |= (b & 0x7FL) << shift;
      shift += 7;
      if (b >= 0) {
        if (n < 0) {
          references = new int[(int) value];
          n = 0;
        } else {
          last += value;
          references[n++] = (int) last;
        }
        value = 0;
        shift = 0;
      }
    }
    return references;
  }
}
