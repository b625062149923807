package io.oriel.wire.storeapi;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import io.oriel.model.labels.Labels;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What an endpoint is and has: `thanos.info.InfoResponse`.
///
/// @param labelSets its external labels; several when it stands for several sources
/// @param component `sidecar`, `store`, `query`, `rule`, `receive` …
/// @param store what the store has, when it serves series
/// @param services what else it serves
public record InfoResponse(
    List<Labels> labelSets, String component, Optional<StoreInfo> store, Set<Service> services) {
  /// A service beside Store, in the order of the fields' numbers.
  public enum Service {
    RULES(4),
    METADATA(5),
    TARGETS(6),
    EXEMPLARS(7),
    QUERY(8),
    STATUS(9);

    private final int field;

    Service(int field) {
      this.field = field;
    }
  }

  /// @param minMillis of the oldest sample, inclusive, Unix milliseconds
  /// @param maxMillis of the newest sample, inclusive
  /// @param withoutReplicaLabels whether it removes replica labels and keeps the order
  public record StoreInfo(
      long minMillis,
      long maxMillis,
      boolean sharding,
      boolean withoutReplicaLabels,
      List<TsdbInfo> tsdbs) {
    public StoreInfo {
      tsdbs = List.copyOf(tsdbs);
    }
  }

  /// One source within a store, times inclusive.
  public record TsdbInfo(Labels labels, long minMillis, long maxMillis) {}

  public InfoResponse {
    labelSets = List.copyOf(labelSets);
    services = Set.copyOf(services);
  }

  /// @throws io.oriel.model.error.OrielException of kind INVALID when the bytes are none
  public static InfoResponse read(ByteBuffer message) {
    return Proto.read(message, "thanos.info.InfoResponse", InfoResponse::parse);
  }

  private static InfoResponse parse(CodedInputStream in) throws IOException {
    List<Labels> sets = new ArrayList<>();
    String component = "";
    Optional<StoreInfo> store = Optional.empty();
    Set<Service> services = EnumSet.noneOf(Service.class);
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << 3 | 2 -> sets.add(Proto.nested(in, Proto::labelSet));
        case 2 << 3 | 2 -> component = in.readStringRequireUtf8();
        case 3 << 3 | 2 -> store = Optional.of(Proto.nested(in, InfoResponse::store));
        case 4 << 3 | 2, 5 << 3 | 2, 6 << 3 | 2, 7 << 3 | 2, 8 << 3 | 2, 9 << 3 | 2 -> {
          services.add(Service.values()[(tag >>> 3) - 4]);
          in.skipField(tag);
        }
        default -> in.skipField(tag);
      }
    }
    return new InfoResponse(sets, component, store, services);
  }

  private static StoreInfo store(CodedInputStream in) throws IOException {
    long min = 0;
    long max = 0;
    boolean sharding = false;
    boolean without = false;
    List<TsdbInfo> tsdbs = new ArrayList<>();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << 3 -> min = in.readInt64();
        case 2 << 3 -> max = in.readInt64();
        case 3 << 3 -> sharding = in.readBool();
        case 5 << 3 -> without = in.readBool();
        case 6 << 3 | 2 -> tsdbs.add(Proto.nested(in, InfoResponse::tsdb));
        default -> in.skipField(tag);
      }
    }
    return new StoreInfo(min, max, sharding, without, tsdbs);
  }

  private static TsdbInfo tsdb(CodedInputStream in) throws IOException {
    Labels labels = Labels.empty();
    long min = 0;
    long max = 0;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << 3 | 2 -> labels = Proto.nested(in, Proto::labelSet);
        case 2 << 3 -> min = in.readInt64();
        case 3 << 3 -> max = in.readInt64();
        default -> in.skipField(tag);
      }
    }
    return new TsdbInfo(labels, min, max);
  }

  /// The response as bytes.
  public ByteBuffer write() {
    return Proto.write(
        out -> {
          for (Labels labels : labelSets) {
            Proto.labelSet(out, 1, labels);
          }
          Proto.string(out, 2, component);
          if (store.isPresent()) {
            Proto.nested(out, 3, inner -> write(inner, store.get()));
          }
          for (Service service : Service.values()) {
            if (services.contains(service)) {
              Proto.nested(out, service.field, inner -> write(inner, service));
            }
          }
        });
  }

  /// An endpoint with exemplars says of which time; ours may have some of any.
  private static void write(CodedOutputStream out, Service service) throws IOException {
    if (service == Service.EXEMPLARS) {
      Proto.number(out, 1, Long.MIN_VALUE);
      Proto.number(out, 2, Long.MAX_VALUE);
    }
  }

  private static void write(CodedOutputStream out, StoreInfo store) throws IOException {
    Proto.number(out, 1, store.minMillis());
    Proto.number(out, 2, store.maxMillis());
    Proto.flag(out, 3, store.sharding());
    Proto.flag(out, 5, store.withoutReplicaLabels());
    for (TsdbInfo tsdb : store.tsdbs()) {
      Proto.nested(
          out,
          6,
          inner -> {
            Proto.labelSet(inner, 1, tsdb.labels());
            Proto.number(inner, 2, tsdb.minMillis());
            Proto.number(inner, 3, tsdb.maxMillis());
          });
    }
  }
}
