package io.oriel.gateway.route;

/// What the documents of an index look like.
enum Shape {
  /// ECS: the line is `message`, and `log` an object. A text called `log`, as Fluent Bit sends the
  /// line, becomes `message`; beside a `message`, as where Fluent Bit merged a line of JSON into
  /// its record, `event.original`.
  LOGS,

  /// Jaeger's, of which nothing is renamed.
  OTHER
}
