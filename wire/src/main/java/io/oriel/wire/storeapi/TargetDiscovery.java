package io.oriel.wire.storeapi;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import io.oriel.model.labels.Labels;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// Scrape targets: `thanos.TargetDiscovery`.
///
/// @param dropped the discovered labels of targets that relabelling dropped
public record TargetDiscovery(List<ActiveTarget> active, List<Labels> dropped) {
  public TargetDiscovery {
    active = List.copyOf(active);
    dropped = List.copyOf(dropped);
  }

  /// Whether the last scrape succeeded, in the order of the numbers.
  public enum Health {
    DOWN,
    UP,
    UNKNOWN
  }

  /// Which targets are asked for, in the order of the numbers.
  public enum State {
    ANY,
    ACTIVE,
    DROPPED
  }

  /// A target that is scraped.
  public record ActiveTarget(
      Labels discoveredLabels,
      Labels labels,
      String scrapePool,
      String scrapeUrl,
      String globalUrl,
      String lastError,
      Instant lastScrape,
      double lastScrapeSeconds,
      Health health) {
    /// The same target with other labels.
    public ActiveTarget withLabels(Labels newDiscovered, Labels newLabels) {
      return new ActiveTarget(
          newDiscovered,
          newLabels,
          scrapePool,
          scrapeUrl,
          globalUrl,
          lastError,
          lastScrape,
          lastScrapeSeconds,
          health);
    }
  }

  /// The state that a `thanos.TargetsRequest` asks for.
  ///
  /// @throws io.oriel.model.error.OrielException of kind INVALID when the bytes are none
  public static State readRequest(ByteBuffer message) {
    return Proto.read(
        message,
        "thanos.TargetsRequest",
        in -> {
          int state = 0;
          for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == 1 << 3) {
              state = in.readEnum();
            } else {
              in.skipField(tag);
            }
          }
          return state > 0 && state < 3 ? State.values()[state] : State.ANY;
        });
  }

  /// A `thanos.TargetsRequest`.
  public static ByteBuffer request(State state, PartialResponse partialResponse) {
    return Proto.write(
        out -> {
          Proto.number(out, 1, state.ordinal());
          Proto.number(out, 2, partialResponse.ordinal());
        });
  }

  /// A frame of the answer: `thanos.TargetsResponse`.
  ///
  /// @throws io.oriel.model.error.OrielException of kind INVALID when the bytes are none
  public static StreamFrame<TargetDiscovery> readFrame(ByteBuffer message) {
    return StreamFrame.read(message, "thanos.TargetsResponse", TargetDiscovery::parse);
  }

  /// The frame as bytes.
  public static ByteBuffer writeFrame(StreamFrame<TargetDiscovery> frame) {
    return StreamFrame.write(frame, TargetDiscovery::write);
  }

  private static TargetDiscovery parse(CodedInputStream in) throws IOException {
    List<ActiveTarget> active = new ArrayList<>();
    List<Labels> dropped = new ArrayList<>();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << 3 | 2 -> active.add(Proto.nested(in, TargetDiscovery::target));
        case 2 << 3 | 2 -> dropped.add(Proto.nested(in, TargetDiscovery::droppedTarget));
        default -> in.skipField(tag);
      }
    }
    return new TargetDiscovery(active, dropped);
  }

  private static Labels droppedTarget(CodedInputStream in) throws IOException {
    Labels labels = Labels.empty();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == (1 << 3 | 2)) {
        labels = Proto.nested(in, Proto::labelSet);
      } else {
        in.skipField(tag);
      }
    }
    return labels;
  }

  private static ActiveTarget target(CodedInputStream in) throws IOException {
    Labels discovered = Labels.empty();
    Labels labels = Labels.empty();
    String[] texts = {"", "", "", ""};
    Instant last = Instant.EPOCH;
    double seconds = 0;
    int health = 0;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << 3 | 2 -> discovered = Proto.nested(in, Proto::labelSet);
        case 2 << 3 | 2 -> labels = Proto.nested(in, Proto::labelSet);
        case 3 << 3 | 2, 4 << 3 | 2, 5 << 3 | 2, 6 << 3 | 2 ->
            texts[(tag >>> 3) - 3] = in.readStringRequireUtf8();
        case 7 << 3 | 2 -> last = Proto.nested(in, Proto::time);
        case 8 << 3 | 1 -> seconds = in.readDouble();
        case 9 << 3 -> health = in.readEnum();
        default -> in.skipField(tag);
      }
    }
    Health known = health >= 0 && health < 3 ? Health.values()[health] : Health.UNKNOWN;
    return new ActiveTarget(
        discovered, labels, texts[0], texts[1], texts[2], texts[3], last, seconds, known);
  }

  private static void write(CodedOutputStream out, TargetDiscovery targets) throws IOException {
    for (ActiveTarget target : targets.active) {
      Proto.nested(out, 1, inner -> write(inner, target));
    }
    for (Labels labels : targets.dropped) {
      Proto.nested(out, 2, inner -> Proto.labelSet(inner, 1, labels));
    }
  }

  private static void write(CodedOutputStream out, ActiveTarget target) throws IOException {
    Proto.labelSet(out, 1, target.discoveredLabels());
    Proto.labelSet(out, 2, target.labels());
    Proto.string(out, 3, target.scrapePool());
    Proto.string(out, 4, target.scrapeUrl());
    Proto.string(out, 5, target.globalUrl());
    Proto.string(out, 6, target.lastError());
    Proto.time(out, 7, target.lastScrape());
    Proto.real(out, 8, target.lastScrapeSeconds());
    Proto.number(out, 9, target.health().ordinal());
  }
}
