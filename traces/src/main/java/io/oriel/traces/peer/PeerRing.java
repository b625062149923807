package io.oriel.traces.peer;

import io.oriel.model.trace.TraceId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/// Which of several collectors owns a trace. Immutable.
///
/// Rendezvous hashing: every pair of a trace and a member has a weight, and the heaviest member
/// owns the trace. So everybody who knows the same members says the same, and when one goes, only
/// its traces move. How old a collector is or in which order members are named plays no part.
final class PeerRing {
  private final List<String> members;
  private final long[] seeds;

  /// @param members addresses, at least one
  PeerRing(Collection<String> members) {
    this.members = List.copyOf(new TreeSet<>(members));
    if (this.members.isEmpty()) {
      throw new IllegalArgumentException("members: got none, want at least one");
    }
    seeds = this.members.stream().mapToLong(PeerRing::seed).toArray();
  }

  private static long seed(String member) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(member.getBytes(StandardCharsets.UTF_8));
      return ByteBuffer.wrap(digest).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /// The members, sorted.
  List<String> members() {
    return members;
  }

  /// Who works for all: the first by address.
  String leader() {
    return members.getFirst();
  }

  /// Who owns a trace.
  String ownerOf(TraceId trace) {
    long key = mixed(mixed(trace.high()) ^ trace.low());
    int best = 0;
    long heaviest = Long.MIN_VALUE;
    for (int i = 0; i < seeds.length; i++) {
      long weight = mixed(key ^ seeds[i]);
      if (weight >= heaviest) {
        heaviest = weight;
        best = i;
      }
    }
    return members.get(best);
  }

  /// Every bit of the result depends on every bit of {@code value}: the finalizer of SplitMix64
  /// (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).
  private static long mixed(long value) {
    long z = value + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
