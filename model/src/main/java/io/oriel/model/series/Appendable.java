package io.oriel.model.series;

/// Something series can be written to.
public interface Appendable {
  /// Begins a transaction. The caller commits or rolls it back, once; closing it rolls back what is
  /// not committed.
  Appender appender();
}
