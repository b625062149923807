package io.oriel.tsdb.index;

import io.oriel.disk.WritableFile;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.Utf8Order;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;

/// Writes an index file of version 2: symbols first, then series in label order, then {@link
/// #finish}. Not thread-safe.
public final class IndexWriter implements AutoCloseable {
  private static final int FLUSH = 1 << 20;

  private final WritableFile file;
  private final IndexBuffer out = new IndexBuffer();
  private final Map<String, Integer> symbols = new HashMap<>();
  private final TreeMap<String, TreeMap<String, IntList>> postings =
      new TreeMap<>(Utf8Order.COMPARATOR);
  private final IntList all = new IntList();
  private Labels last = Labels.empty();
  private long symbolsOffset;
  private long seriesOffset;
  private long flushed;

  /// A writer into {@code file}, of which it takes ownership.
  ///
  /// @param strings every label name and value that will occur, sorted in UTF-8 order
  public IndexWriter(WritableFile file, SortedSet<String> strings) throws IOException {
    this.file = file;
    out.int32(IndexReader.MAGIC);
    out.int8(2);
    writeSymbols(strings);
    seriesOffset = position();
  }

  private long position() {
    return flushed + out.size();
  }

  private void flush() throws IOException {
    file.write(out.array(), 0, out.size());
    flushed += out.size();
    out.clear();
  }

  private void writeSymbols(SortedSet<String> strings) throws IOException {
    symbolsOffset = position();
    int start = out.reserveLength();
    out.int32(strings.size());
    for (String symbol : strings) {
      symbols.put(symbol, symbols.size());
      out.text(symbol);
    }
    out.finishSection(start);
    flush();
  }

  /// Adds a series, which must sort behind the one before; the chunks by time.
  public void add(Labels labels, List<ChunkMeta> chunks) throws IOException {
    if (all.size() > 0 && labels.compareTo(last) <= 0) {
      throw OrielException.bug("series out of order: " + labels + " after " + last);
    }
    last = labels;
    while (position() % 16 != 0) {
      out.int8(0);
    }
    int reference = (int) (position() / 16);
    IndexBuffer body = new IndexBuffer();
    body.uvarint(labels.size());
    for (int i = 0; i < labels.size(); i++) {
      body.uvarint(symbol(labels.name(i)));
      body.uvarint(symbol(labels.value(i)));
      postings
          .computeIfAbsent(labels.name(i), _ -> new TreeMap<>(Utf8Order.COMPARATOR))
          .computeIfAbsent(labels.value(i), _ -> new IntList())
          .add(reference);
    }
    all.add(reference);
    writeChunks(body, chunks);
    out.uvarint(body.size());
    int start = out.size();
    out.append(body);
    out.crc(start);
    if (out.size() > FLUSH) {
      flush();
    }
  }

  private int symbol(String text) {
    Integer ordinal = symbols.get(text);
    if (ordinal == null) {
      throw OrielException.bug("string is not among the symbols: " + text);
    }
    return ordinal;
  }

  private static void writeChunks(IndexBuffer body, List<ChunkMeta> chunks) {
    body.uvarint(chunks.size());
    for (int i = 0; i < chunks.size(); i++) {
      ChunkMeta chunk = chunks.get(i);
      if (i == 0) {
        body.varint(chunk.minMillis());
        body.uvarint(chunk.maxMillis() - chunk.minMillis());
        body.uvarint(chunk.reference());
      } else {
        ChunkMeta before = chunks.get(i - 1);
        body.uvarint(chunk.minMillis() - before.maxMillis());
        body.uvarint(chunk.maxMillis() - chunk.minMillis());
        body.varint(chunk.reference() - before.reference());
      }
    }
  }

  /// Writes postings and tables and syncs the file.
  public void finish() throws IOException {
    TreeMap<String, TreeMap<String, Long>> offsets = new TreeMap<>(Utf8Order.COMPARATOR);
    long postingsOffset = position();
    offsets.computeIfAbsent("", _ -> new TreeMap<>()).put("", writeList(all));
    for (Map.Entry<String, TreeMap<String, IntList>> label : postings.entrySet()) {
      TreeMap<String, Long> values = new TreeMap<>(Utf8Order.COMPARATOR);
      offsets.put(label.getKey(), values);
      for (Map.Entry<String, IntList> value : label.getValue().entrySet()) {
        values.put(value.getKey(), writeList(value.getValue()));
      }
    }
    long tableOffset = writeTable(offsets);
    int toc = out.size();
    out.int64(symbolsOffset);
    out.int64(seriesOffset);
    out.int64(0);
    out.int64(0);
    out.int64(postingsOffset);
    out.int64(tableOffset);
    out.crc(toc);
    flush();
    file.sync();
  }

  private long writeList(IntList refs) throws IOException {
    if (out.size() > FLUSH) {
      flush();
    }
    while (position() % 4 != 0) {
      out.int8(0);
    }
    long offset = position();
    int start = out.reserveLength();
    out.int32(refs.size());
    for (int i = 0; i < refs.size(); i++) {
      out.int32(refs.get(i));
    }
    out.finishSection(start);
    return offset;
  }

  private long writeTable(Map<String, ? extends Map<String, Long>> offsets) throws IOException {
    flush();
    long offset = position();
    int start = out.reserveLength();
    int count = offsets.values().stream().mapToInt(Map::size).sum();
    out.int32(count);
    offsets.forEach(
        (name, values) ->
            values.forEach(
                (value, at) -> {
                  out.uvarint(2);
                  out.text(name);
                  out.text(value);
                  out.uvarint(at);
                }));
    out.finishSection(start);
    return offset;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
