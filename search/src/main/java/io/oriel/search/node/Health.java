package io.oriel.search.node;

/// Whether something can do its work now.
///
/// @param reason why not; empty when it is ok
public record Health(boolean ok, String reason) {
  static final Health OK = new Health(true, "");

  static Health bad(String reason) {
    return new Health(false, reason);
  }
}
