package io.oriel.search.lifecycle;

/// Whether policies are carried out: `_ilm/stop` asks for an end, which comes when no index is in a
/// step that must not be interrupted.
enum OperationMode {
  RUNNING,
  STOPPING,
  STOPPED
}
