package io.oriel.promql.parse;

/// The four types of PromQL; words are those of the HTTP API.
public enum ValueType {
  SCALAR("scalar", "scalar"),
  STRING("string", "string"),
  VECTOR("vector", "instant vector"),
  MATRIX("matrix", "range vector");

  private final String word;
  private final String documented;

  ValueType(String word, String documented) {
    this.word = word;
    this.documented = documented;
  }

  /// As the HTTP API calls it.
  public String word() {
    return word;
  }

  /// As the documentation calls it.
  public String documented() {
    return documented;
  }
}
