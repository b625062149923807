package io.oriel.logs.ship;

import io.oriel.logs.enrich.Processor;
import io.oriel.logs.parse.FieldTree;
import java.util.List;
import java.util.Map;

/// One input of the systemd journal, read by `journalctl`.
///
/// @param id names the file that keeps its cursor
/// @param command the program and its first arguments; `journalctl` by default
/// @param selection further arguments: units, identifiers, matches
/// @param fromTail where nothing was read before, whether only what comes from now on is
public record JournalConfig(
    String id,
    List<String> command,
    List<String> selection,
    boolean fromTail,
    List<Processor> processors,
    Map<String, Object> fields) {
  public JournalConfig {
    command = List.copyOf(command);
    selection = List.copyOf(selection);
    processors = List.copyOf(processors);
    fields = FieldTree.copy(fields);
  }
}
