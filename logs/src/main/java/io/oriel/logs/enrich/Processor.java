package io.oriel.logs.enrich;

import io.oriel.logs.parse.LogEvent;
import java.util.function.Predicate;

/// Changes events, or drops them. Thread-safe.
public interface Processor {
  /// As the configuration calls it.
  String name();

  /// Does its work.
  ///
  /// @return false when the event is to be dropped
  boolean apply(LogEvent event);

  /// Whether it does the same to every event of a file: it reads and changes shared fields only.
  boolean isShared();

  /// A processor that is one step.
  static Processor of(String name, boolean shared, Predicate<LogEvent> step) {
    return new Processor() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public boolean apply(LogEvent event) {
        return step.test(event);
      }

      @Override
      public boolean isShared() {
        return shared;
      }
    };
  }

  /// The same, for the events that {@code condition} holds for.
  default Processor when(Predicate<LogEvent> condition) {
    return of(name(), false, event -> !condition.test(event) || apply(event));
  }
}
