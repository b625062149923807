package io.oriel.wire.storeapi;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import io.oriel.model.error.OrielException;
import io.oriel.model.metric.MetricMetadata;
import io.oriel.model.metric.MetricType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Asks for metadata of metrics: `thanos.MetricMetadataRequest`; the answers map metric names to
/// what targets said of them.
///
/// @param metric only this one; empty for all
/// @param limit at most so many metrics; below zero for all
public record MetadataRequest(String metric, int limit, PartialResponse partialResponse) {
  /// @throws OrielException of kind INVALID when the bytes are none
  public static MetadataRequest read(ByteBuffer message) {
    return Proto.read(message, "thanos.MetricMetadataRequest", MetadataRequest::parse);
  }

  private static MetadataRequest parse(CodedInputStream in) throws IOException {
    String metric = "";
    int limit = 0;
    PartialResponse strategy = PartialResponse.WARN;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << 3 | 2 -> metric = in.readStringRequireUtf8();
        case 2 << 3 -> limit = in.readInt32();
        case 3 << 3 -> strategy = PartialResponse.of(in.readEnum());
        default -> in.skipField(tag);
      }
    }
    return new MetadataRequest(metric, limit, strategy);
  }

  /// The request as bytes.
  public ByteBuffer write() {
    return Proto.write(
        out -> {
          Proto.string(out, 1, metric);
          Proto.number(out, 2, limit);
          Proto.number(out, 3, partialResponse.ordinal());
        });
  }

  /// A frame of the answer: `thanos.MetricMetadataResponse`.
  ///
  /// @throws OrielException of kind INVALID when the bytes are none
  public static StreamFrame<Map<String, List<MetricMetadata>>> readFrame(ByteBuffer message) {
    return StreamFrame.read(message, "thanos.MetricMetadataResponse", MetadataRequest::metrics);
  }

  /// The frame as bytes.
  public static ByteBuffer writeFrame(StreamFrame<Map<String, List<MetricMetadata>>> frame) {
    return StreamFrame.write(frame, MetadataRequest::write);
  }

  private static Map<String, List<MetricMetadata>> metrics(CodedInputStream in) throws IOException {
    Map<String, List<MetricMetadata>> metrics = new LinkedHashMap<>();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == (1 << 3 | 2)) {
        Proto.nested(in, entry -> entry(entry, metrics));
      } else {
        in.skipField(tag);
      }
    }
    return metrics;
  }

  private static String entry(CodedInputStream in, Map<String, List<MetricMetadata>> into)
      throws IOException {
    String name = "";
    List<MetricMetadata> metas = new ArrayList<>();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << 3 | 2 -> name = in.readStringRequireUtf8();
        case 2 << 3 | 2 -> Proto.nested(in, list -> metas(list, metas));
        default -> in.skipField(tag);
      }
    }
    into.put(name, metas);
    return name;
  }

  private static List<MetricMetadata> metas(CodedInputStream in, List<MetricMetadata> into)
      throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == (2 << 3 | 2)) {
        into.add(Proto.nested(in, MetadataRequest::meta));
      } else {
        in.skipField(tag);
      }
    }
    return into;
  }

  private static MetricMetadata meta(CodedInputStream in) throws IOException {
    String type = "";
    String help = "";
    String unit = "";
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << 3 | 2 -> type = in.readStringRequireUtf8();
        case 2 << 3 | 2 -> help = in.readStringRequireUtf8();
        case 3 << 3 | 2 -> unit = in.readStringRequireUtf8();
        default -> in.skipField(tag);
      }
    }
    return new MetricMetadata(MetricType.ofWord(type), unit, help);
  }

  private static void write(CodedOutputStream out, Map<String, List<MetricMetadata>> metrics)
      throws IOException {
    for (Map.Entry<String, List<MetricMetadata>> metric : metrics.entrySet()) {
      Proto.nested(
          out,
          1,
          entry -> {
            entry.writeString(1, metric.getKey());
            Proto.nested(entry, 2, list -> write(list, metric.getValue()));
          });
    }
  }

  private static void write(CodedOutputStream out, List<MetricMetadata> metas) throws IOException {
    for (MetricMetadata meta : metas) {
      Proto.nested(
          out,
          2,
          inner -> {
            Proto.string(inner, 1, meta.type().word());
            Proto.string(inner, 2, meta.help());
            Proto.string(inner, 3, meta.unit());
          });
    }
  }
}
