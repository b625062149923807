package io.oriel.logs.ship;

/// Where every line and every event is, at one moment in which nothing moves.
///
/// @param linesRead from files
/// @param linesDropped for any reason, each of which is counted
/// @param linesHeld in parsers
/// @param linesSpooled as part of events
/// @param eventsSpooled since the start, with those found in the spool then
/// @param eventsAcknowledged by the engine
/// @param eventsDead that the engine will never take
/// @param eventsWaiting in the spool, those in flight included
public record Accounting(
    long linesRead,
    long linesDropped,
    long linesHeld,
    long linesSpooled,
    long eventsSpooled,
    long eventsAcknowledged,
    long eventsDead,
    long eventsWaiting) {
  /// Lines that are nowhere.
  public long linesMissing() {
    return linesRead - linesDropped - linesHeld - linesSpooled;
  }

  /// Events that are nowhere.
  public long eventsMissing() {
    return eventsSpooled - eventsAcknowledged - eventsDead - eventsWaiting;
  }
}
