package io.oriel.tsdb.block;

import io.oriel.model.error.OrielException;
import java.util.random.RandomGenerator;

/// A name that sorts by the time it was made: 48 bits of milliseconds, 80 random bits, as 26
/// characters of Crockford's base 32 (ULID specification).
public record Ulid(String text) implements Comparable<Ulid> {
  private static final String ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

  public Ulid {
    if (!isValid(text)) {
      throw OrielException.invalid("got \"" + text + "\", want a ULID of 26 characters");
    }
  }

  /// A new one for {@code millis}.
  public static Ulid create(long millis, RandomGenerator random) {
    char[] out = new char[26];
    long time = millis;
    for (int i = 9; i >= 0; i--) {
      out[i] = ALPHABET.charAt((int) (time & 31));
      time >>>= 5;
    }
    for (int i = 10; i < 26; i++) {
      out[i] = ALPHABET.charAt(random.nextInt(32));
    }
    return new Ulid(new String(out));
  }

  /// Whether {@code text} is one.
  public static boolean isValid(String text) {
    return text.length() == 26
        && text.charAt(0) <= '7'
        && text.chars().allMatch(c -> ALPHABET.indexOf(c) >= 0);
  }

  /// When it was made, Unix milliseconds.
  public long millis() {
    long time = 0;
    for (int i = 0; i < 10; i++) {
      time = time << 5 | ALPHABET.indexOf(text.charAt(i));
    }
    return time;
  }

  @Override
  public int compareTo(Ulid other) {
    return text.compareTo(other.text);
  }

  @Override
  public String toString() {
    return text;
  }
}
