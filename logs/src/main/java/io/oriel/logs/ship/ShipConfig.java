package io.oriel.logs.ship;

import io.oriel.logs.deliver.DeliverConfig;
import io.oriel.logs.enrich.PodFacts;
import io.oriel.logs.enrich.Processor;
import io.oriel.logs.parse.FieldTree;
import io.oriel.logs.spool.SpoolConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// Everything about a shipper.
///
/// @param data directory of registry, spool and dead letters; nobody else's
/// @param processors of all inputs, after each one's own
/// @param fields of all events, from the top
/// @param index name of the index, with `%{[field]}` in it
/// @param pipeline of the engine, through which documents go; empty for none
/// @param deadLetterBytes of all dead letters kept
public record ShipConfig(
    Path data,
    List<ShipInput> inputs,
    List<JournalConfig> journals,
    List<Processor> processors,
    Map<String, Object> fields,
    String index,
    String pipeline,
    SpoolConfig spool,
    DeliverConfig delivery,
    long deadLetterBytes,
    Running running,
    Kubernetes kubernetes) {
  public ShipConfig {
    inputs = List.copyOf(inputs);
    journals = List.copyOf(journals);
    processors = List.copyOf(processors);
    fields = FieldTree.copy(fields);
  }

  /// How it runs.
  ///
  /// @param readers threads that read and parse
  /// @param maxOpenFiles more wait until one is closed
  /// @param keepRemoved how long a file that is gone is remembered
  /// @param drain how long closing waits for what is in the spool to be delivered
  /// @param traceContext whether ids of traces and spans are lifted out of messages
  public record Running(
      int readers, int maxOpenFiles, Duration keepRemoved, Duration drain, boolean traceContext) {
    /// One reader, a thousand files, an hour, ten seconds.
    public static Running standard() {
      return new Running(1, 1_000, Duration.ofHours(1), Duration.ofSeconds(10), true);
    }
  }

  /// What is wanted of Kubernetes.
  ///
  /// @param patience how long a container's log waits for its pod to be known
  public record Kubernetes(PodFacts.Shape shape, Duration patience) {
    public static Kubernetes standard() {
      return new Kubernetes(new PodFacts.Shape(List.of(), true), Duration.ofSeconds(10));
    }
  }

  /// Defaults for these inputs.
  public static ShipConfig of(
      Path data, List<ShipInput> inputs, String index, DeliverConfig delivery) {
    return new ShipConfig(
        data,
        inputs,
        List.of(),
        List.of(),
        Map.of(),
        index,
        "",
        SpoolConfig.standard(),
        delivery,
        100 << 20,
        Running.standard(),
        Kubernetes.standard());
  }

  public ShipConfig withJournals(List<JournalConfig> other) {
    return new ShipConfig(
        data,
        inputs,
        other,
        processors,
        fields,
        index,
        pipeline,
        spool,
        delivery,
        deadLetterBytes,
        running,
        kubernetes);
  }

  public ShipConfig withSpool(SpoolConfig other) {
    return new ShipConfig(
        data,
        inputs,
        journals,
        processors,
        fields,
        index,
        pipeline,
        other,
        delivery,
        deadLetterBytes,
        running,
        kubernetes);
  }

  public ShipConfig withRunning(Running other) {
    return new ShipConfig(
        data,
        inputs,
        journals,
        processors,
        fields,
        index,
        pipeline,
        spool,
        delivery,
        deadLetterBytes,
        other,
        kubernetes);
  }

  public ShipConfig withKubernetes(Kubernetes other) {
    return new ShipConfig(
        data,
        inputs,
        journals,
        processors,
        fields,
        index,
        pipeline,
        spool,
        delivery,
        deadLetterBytes,
        running,
        other);
  }
}
