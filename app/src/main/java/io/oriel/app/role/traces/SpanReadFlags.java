package io.oriel.app.role.traces;

import io.oriel.traces.index.TagFields;
import io.oriel.traces.query.SpanSources;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Option;

/// Which spans are read: upstream's `--es.*` of one who reads.
final class SpanReadFlags {
  @Option(
      names = "--es.index-prefix",
      split = ",",
      paramLabel = "PREFIX",
      description = "Of the indices; several are searched together, * stands for all.")
  private List<String> prefixes = List.of("");

  @Option(
      names = "--es.tags-as-fields.dot-replacement",
      paramLabel = "CHAR",
      description = "How a dot in a tag's name is written in a field's.")
  private String dotReplacement = "@";

  SpanSources sources() {
    return new SpanSources(prefixes);
  }

  TagFields fields() {
    return new TagFields(false, Set.of(), dotReplacement);
  }
}
