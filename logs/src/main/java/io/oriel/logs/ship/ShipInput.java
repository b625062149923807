package io.oriel.logs.ship;

import io.oriel.logs.enrich.Processor;
import io.oriel.logs.parse.FieldTree;
import io.oriel.logs.parse.ParserConfig;
import io.oriel.logs.tail.TailConfig;
import java.util.List;
import java.util.Map;

/// One input: which files, and what is done with their lines.
///
/// @param type as events say it in `input.type`
/// @param fields of all its events, from the top
/// @param kubernetes how it has to do with pods
/// @param index name of the index; empty for the output's
/// @param pipeline of the engine; empty for the output's
public record ShipInput(
    String id,
    String type,
    TailConfig tail,
    List<ParserConfig> parsers,
    List<Processor> processors,
    Map<String, Object> fields,
    Pods kubernetes,
    String index,
    String pipeline) {
  /// What an input has to do with pods.
  public enum Pods {
    /** Its files are not looked up. */
    NONE,
    /** Events get the fields of their pod. */
    FIELDS,
    /** Events get the fields of their pod, whose annotations say how lines are parsed. */
    HINTS,
    /** As HINTS, but only containers whose annotations say so are read. */
    HINTS_ONLY
  }

  public ShipInput {
    parsers = List.copyOf(parsers);
    processors = List.copyOf(processors);
    fields = FieldTree.copy(fields);
  }

  /// An input of plain files.
  public static ShipInput of(String id, TailConfig tail, List<ParserConfig> parsers) {
    return new ShipInput(id, "filestream", tail, parsers, List.of(), Map.of(), Pods.NONE, "", "");
  }

  /// The same with another relation to pods.
  public ShipInput withPods(Pods pods) {
    return new ShipInput(id, type, tail, parsers, processors, fields, pods, index, pipeline);
  }

  /// The same with other processors of its own.
  public ShipInput withProcessors(List<Processor> list) {
    return new ShipInput(id, type, tail, parsers, list, fields, kubernetes, index, pipeline);
  }
}
