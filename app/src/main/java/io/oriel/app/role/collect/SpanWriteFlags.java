package io.oriel.app.role.collect;

import io.oriel.model.error.OrielException;
import io.oriel.model.time.DurationSyntax;
import io.oriel.traces.batch.DeliveryOptions;
import io.oriel.traces.index.IndexNames;
import io.oriel.traces.index.Rotation;
import io.oriel.traces.index.TagFields;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Option;

/// How spans are written: upstream's `--es.*` of one who writes.
final class SpanWriteFlags {
  @Option(
      names = "--es.index-prefix",
      paramLabel = "PREFIX",
      description =
          "Before the names of indices, joined by a dash. The gateway lets a cluster write with"
              + " none, jaeger-ENVIRONMENT or jaeger-CLUSTER.")
  private String prefix = "";

  @Option(
      names = "--es.use-aliases",
      description =
          "Write through the aliases …-write, which the lifecycle rolls over, instead of an index"
              + " a day.")
  private boolean aliases;

  @Option(
      names = "--es.use-data-streams",
      description = "Write to the data streams jaeger.spans and jaeger.services instead.")
  private boolean dataStreams;

  @Option(
      names = "--es.create-index-templates",
      negatable = true,
      description =
          "Write templates and lifecycle at the start: for an engine reached without a gateway,"
              + " which lets nobody do so.")
  private boolean templates;

  @Option(
      names = "--es.tags-as-fields.all",
      description = "Store all tags of spans and processes as fields of the document.")
  private boolean allFields;

  @Option(
      names = "--es.tags-as-fields.include",
      paramLabel = "KEYS",
      split = ",",
      description = "Store these tags as fields, separated by commas.")
  private List<String> fields = List.of();

  @Option(
      names = "--es.tags-as-fields.config-file",
      paramLabel = "FILE",
      description = "Store the tags in this file as fields, one a line.")
  private String fieldsFile = "";

  @Option(
      names = "--es.tags-as-fields.dot-replacement",
      paramLabel = "TEXT",
      description = "Stands for dots in such fields' names.")
  private String dot = "@";

  @Option(
      names = "--es.bulk.size",
      paramLabel = "BYTES",
      description = "Most bytes of a bulk request.")
  private int bulkBytes = 5_000_000;

  @Option(
      names = "--es.bulk.actions",
      paramLabel = "N",
      description = "Most spans of a bulk request.")
  private int bulkActions = 5_000;

  @Option(
      names = "--es.bulk.flush-interval",
      paramLabel = "DURATION",
      description = "Longest that a span waits for others.")
  private String flush = "200ms";

  @Option(
      names = "--es.bulk.workers",
      paramLabel = "N",
      description = "Bulk requests under way at once.")
  private int workers = 2;

  IndexNames indices() {
    if (aliases && dataStreams) {
      throw OrielException.invalid(
          "want --es.use-aliases or --es.use-data-streams, one of them at most");
    }
    Rotation rotation =
        aliases ? Rotation.ALIAS : dataStreams ? Rotation.DATA_STREAM : Rotation.PERIODIC;
    return new IndexNames(prefix, rotation);
  }

  TagFields tagFields() throws IOException {
    Set<String> keys = new LinkedHashSet<>(fields);
    if (!fieldsFile.isEmpty()) {
      List<String> lines = new ArrayList<>(Files.readAllLines(Path.of(fieldsFile)));
      lines.replaceAll(String::strip);
      lines.removeIf(String::isEmpty);
      keys.addAll(lines);
    }
    return new TagFields(allFields, keys, dot);
  }

  boolean createsTemplates() {
    return templates;
  }

  DeliveryOptions delivery(Duration drain) {
    DeliveryOptions standard = DeliveryOptions.standard();
    return new DeliveryOptions(
        workers,
        bulkActions,
        bulkBytes,
        DurationSyntax.parse(flush),
        standard.firstPause(),
        standard.longestPause(),
        drain);
  }
}
