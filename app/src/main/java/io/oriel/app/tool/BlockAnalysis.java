package io.oriel.app.tool;

import io.oriel.model.labels.LabelName;
import io.oriel.model.labels.Labels;
import io.oriel.tsdb.block.Block;
import io.oriel.tsdb.index.ChunkMeta;
import io.oriel.tsdb.index.IndexReader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What a block's series are made of.
///
/// Churn: each series counts with the part of the block's time that its chunks do not cover, so
/// that short-lived series weigh most.
final class BlockAnalysis {
  private final Block block;
  private final int limit;
  private final Map<String, Double> pairChurn = new HashMap<>();
  private final Map<String, Double> nameChurn = new HashMap<>();
  private final Map<String, Double> pairs = new HashMap<>();
  private final Map<String, Double> lengths = new HashMap<>();
  private final Map<String, Double> cardinality = new HashMap<>();
  private final Map<String, Double> metrics = new HashMap<>();
  private long entries;

  BlockAnalysis(Block block, int limit) {
    this.block = block;
    this.limit = limit;
    series();
    index();
  }

  private void series() {
    double duration = block.meta().maxMillis() - block.meta().minMillis();
    List<ChunkMeta> chunks = new ArrayList<>();
    for (int reference : block.index().all()) {
      chunks.clear();
      Labels labels = block.series(reference, chunks);
      double uncovered = duration;
      for (ChunkMeta chunk : chunks) {
        uncovered -= chunk.maxMillis() - chunk.minMillis();
      }
      double share = uncovered / duration;
      for (int i = 0; i < labels.size(); i++) {
        pairChurn.merge(labels.name(i) + "=" + labels.value(i), share, Double::sum);
        nameChurn.merge(labels.name(i), share, Double::sum);
        pairs.merge(labels.name(i) + "=" + labels.value(i), 1.0, Double::sum);
        entries++;
      }
      metrics.merge(labels.get(LabelName.METRIC), 1.0, Double::sum);
    }
  }

  private void index() {
    IndexReader index = block.index();
    for (String name : index.names()) {
      List<String> values = index.values(name);
      cardinality.put(name, (double) values.size());
      lengths.put(name, (double) values.stream().mapToInt(String::length).sum());
    }
  }

  String text() {
    StringBuilder out = new StringBuilder();
    out.append("Block ID: ").append(block.meta().ulid().text()).append('\n');
    out.append("Duration: ")
        .append(BlockTable.duration(block.meta().maxMillis() - block.meta().minMillis()))
        .append('\n');
    out.append("Total Series: ").append(block.index().all().length).append('\n');
    out.append("Label names: ").append(cardinality.size()).append('\n');
    out.append("Postings (unique label pairs): ").append(pairs.size()).append('\n');
    out.append("Postings entries (total label pairs): ").append(entries).append('\n');
    list(out, "Label pairs most involved in churning", pairChurn);
    list(out, "Label names most involved in churning", nameChurn);
    list(out, "Most common label pairs", pairs);
    list(out, "Label names with highest cumulative label value length", lengths);
    list(out, "Highest cardinality labels", cardinality);
    list(out, "Highest cardinality metric names", metrics);
    return out.toString();
  }

  private void list(StringBuilder out, String title, Map<String, Double> items) {
    out.append('\n').append(title).append(":\n");
    items.entrySet().stream()
        .sorted(
            Comparator.comparingLong(
                    (Map.Entry<String, Double> item) -> -item.getValue().longValue())
                .thenComparing(Map.Entry::getKey))
        .limit(limit)
        .forEach(
            item ->
                out.append(item.getValue().longValue())
                    .append(' ')
                    .append(item.getKey())
                    .append('\n'));
  }
}
