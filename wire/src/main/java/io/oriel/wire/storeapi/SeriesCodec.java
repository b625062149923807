package io.oriel.wire.storeapi;

import com.google.protobuf.CodedInputStream;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.Utf8Order;
import io.oriel.model.series.ChunkEncoding;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Series as bytes. The one codec that everything of a query goes through, so it reads labels into
/// their final array and leaves chunks where they are.
final class SeriesCodec {
  private SeriesCodec() {}

  static SeriesResponse parse(CodedInputStream in) throws IOException {
    List<StoreSeries> series = new ArrayList<>(1);
    String warning = "";
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << 3 | 2 -> series.add(Proto.nested(in, SeriesCodec::series));
        case 2 << 3 | 2 -> warning = in.readStringRequireUtf8();
        case 4 << 3 | 2 -> Proto.nested(in, batch -> batch(batch, series));
        default -> in.skipField(tag);
      }
    }
    return new SeriesResponse(series, warning);
  }

  private static List<StoreSeries> batch(CodedInputStream in, List<StoreSeries> into)
      throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == (1 << 3 | 2)) {
        into.add(Proto.nested(in, SeriesCodec::series));
      } else {
        in.skipField(tag);
      }
    }
    return into;
  }

  private static StoreSeries series(CodedInputStream in) throws IOException {
    String[] pairs = new String[24];
    int n = 0;
    List<AggrChunk> chunks = new ArrayList<>();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << 3 | 2 -> {
          if (n == pairs.length) {
            pairs = Arrays.copyOf(pairs, 2 * n);
          }
          label(in, pairs, n);
          n += 2;
        }
        case 2 << 3 | 2 -> chunks.add(Proto.nested(in, SeriesCodec::chunk));
        default -> in.skipField(tag);
      }
    }
    return new StoreSeries(labels(pairs, n), chunks);
  }

  private static void label(CodedInputStream in, String[] pairs, int at) throws IOException {
    int limit = in.pushLimit(in.readRawVarint32());
    pairs[at] = "";
    pairs[at + 1] = "";
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << 3 | 2 -> pairs[at] = in.readStringRequireUtf8();
        case 2 << 3 | 2 -> pairs[at + 1] = in.readStringRequireUtf8();
        default -> in.skipField(tag);
      }
    }
    in.popLimit(limit);
  }

  /// Takes the labels as they are when they are what labels have to be, else puts them right.
  private static Labels labels(String[] pairs, int n) {
    String[] exact = Arrays.copyOf(pairs, n);
    for (int i = 0; i < n; i += 2) {
      boolean rising = i == 0 || Utf8Order.compare(exact[i - 2], exact[i]) < 0;
      if (!rising || exact[i + 1].isEmpty()) {
        return Labels.of(exact);
      }
    }
    return Labels.ofSorted(exact);
  }

  private static AggrChunk chunk(CodedInputStream in) throws IOException {
    long min = 0;
    long max = 0;
    @Nullable StoreChunk[] parts = new StoreChunk[Aggregate.values().length];
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << 3 -> min = in.readInt64();
        case 2 << 3 -> max = in.readInt64();
        case 3 << 3 | 2, 4 << 3 | 2, 5 << 3 | 2, 6 << 3 | 2, 7 << 3 | 2, 8 << 3 | 2 ->
            parts[(tag >>> 3) - 3] = Proto.nested(in, SeriesCodec::data);
        default -> in.skipField(tag);
      }
    }
    return new AggrChunk(min, max, parts[0], parts[1], parts[2], parts[3], parts[4], parts[5]);
  }

  private static StoreChunk data(CodedInputStream in) throws IOException {
    int type = 0;
    ByteBuffer data = ByteBuffer.allocate(0);
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << 3 -> type = in.readEnum();
        case 2 << 3 | 2 -> data = in.readByteBuffer();
        default -> in.skipField(tag);
      }
    }
    if (type < 0 || type > 2) {
      throw OrielException.invalid("chunk encoding: got " + type + ", want 0 to 2");
    }
    return new StoreChunk(ChunkEncoding.ofCode(type + 1), data);
  }

  static ByteBuffer write(List<StoreSeries> series) {
    BackwardWriter out = new BackwardWriter(estimate(series));
    for (int i = series.size() - 1; i >= 0; i--) {
      int end = out.size();
      write(out, series.get(i));
      out.message(1, end);
    }
    if (series.size() != 1) {
      out.message(4, 0);
    }
    return out.buffer();
  }

  private static int estimate(List<StoreSeries> series) {
    int bytes = 64;
    for (StoreSeries each : series) {
      bytes += 64 + 48 * each.labels().size();
      for (AggrChunk chunk : each.chunks()) {
        for (Aggregate aggregate : Aggregate.values()) {
          StoreChunk part = chunk.get(aggregate);
          bytes += part == null ? 4 : 32 + part.data().remaining();
        }
      }
    }
    return bytes;
  }

  private static void write(BackwardWriter out, StoreSeries series) {
    for (int i = series.chunks().size() - 1; i >= 0; i--) {
      int end = out.size();
      write(out, series.chunks().get(i));
      out.message(2, end);
    }
    Labels labels = series.labels();
    for (int i = labels.size() - 1; i >= 0; i--) {
      int end = out.size();
      out.string(2, labels.value(i));
      out.string(1, labels.name(i));
      out.message(1, end);
    }
  }

  private static void write(BackwardWriter out, AggrChunk chunk) {
    Aggregate[] all = Aggregate.values();
    for (int i = all.length - 1; i >= 0; i--) {
      StoreChunk part = chunk.get(all[i]);
      if (part != null) {
        int end = out.size();
        out.bytes(2, part.data());
        out.number(1, number(part.encoding()));
        out.message(i + 3, end);
      }
    }
    out.number(2, chunk.maxMillis());
    out.number(1, chunk.minMillis());
  }

  private static int number(ChunkEncoding encoding) {
    return switch (encoding) {
      case XOR, HISTOGRAM, FLOAT_HISTOGRAM -> encoding.code() - 1;
      case XOR2, HISTOGRAM_START, FLOAT_HISTOGRAM_START ->
          throw new OrielException(
              Kind.BUG, "chunk encoding " + encoding + " has no number in the StoreAPI");
    };
  }
}
