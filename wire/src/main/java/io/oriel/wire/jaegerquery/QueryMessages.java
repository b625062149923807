package io.oriel.wire.jaegerquery;

import com.google.protobuf.CodedInputStream;
import io.oriel.model.error.OrielException;
import io.oriel.model.trace.TraceId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// Reads requests. Each call throws an `OrielException` of kind INVALID for bytes that are none.
public final class QueryMessages {
  private static final int MAX_TAGS = 1_000;
  private static final int MAX_TRACES = 10_000;

  private QueryMessages() {}

  /// Which of the protocols a request is of.
  public enum Protocol {
    V3,
    V2,
    STORAGE
  }

  /// What operations are asked for.
  ///
  /// @param spanKind empty for any
  public record OperationsRequest(String service, String spanKind) {}

  /// A stretch of time in Unix microseconds; bounds that were not said are empty.
  public record Period(OptionalLong from, OptionalLong to) {}

  /// `GetTraceRequest` of `api_v3` and `api_v2`; `ArchiveTraceRequest` too.
  public static TraceRequest trace(ByteBuffer message, Protocol protocol) {
    TraceFields fields = new TraceFields(protocol);
    QueryProto.message(message, "GetTraceRequest", fields);
    return fields.request();
  }

  /// `GetTracesRequest` of the storage.
  public static List<TraceRequest> traces(ByteBuffer message) {
    List<TraceRequest> requests = new ArrayList<>();
    QueryProto.message(
        message,
        "GetTracesRequest",
        (in, tag) -> {
          if (tag != QueryProto.text(1)) {
            return false;
          }
          TraceFields fields = new TraceFields(Protocol.STORAGE);
          QueryProto.nested(in, fields);
          requests.add(fields.request());
          if (requests.size() > MAX_TRACES) {
            throw OrielException.invalid("query: got more than " + MAX_TRACES + " traces");
          }
          return true;
        });
    return requests;
  }

  private static final class TraceFields implements QueryProto.Field {
    private final Protocol protocol;
    private @Nullable TraceId id;
    private OptionalLong from = OptionalLong.empty();
    private OptionalLong to = OptionalLong.empty();
    private boolean raw;

    TraceFields(Protocol protocol) {
      this.protocol = protocol;
    }

    @Override
    public boolean read(CodedInputStream in, int tag) throws IOException {
      switch (tag) {
        case 1 << 3 | 2 ->
            id =
                protocol == Protocol.V3
                    ? TraceId.ofHex(in.readStringRequireUtf8())
                    : QueryProto.traceId(in.readByteArray());
        case 2 << 3 | 2 -> from = QueryProto.bound(in);
        case 3 << 3 | 2 -> to = QueryProto.bound(in);
        case 4 << 3 -> raw = in.readBool();
        default -> {
          return false;
        }
      }
      return true;
    }

    TraceRequest request() {
      if (id == null || !id.isValid()) {
        throw OrielException.invalid("trace id: got none, want one");
      }
      return new TraceRequest(id, from, to, raw);
    }
  }

  /// `FindTracesRequest`, `FindTraceIDsRequest` and `FindTraceSummariesRequest`. Without any query
  /// they are refused, as upstream does, but for the storage's.
  public static SearchParameters search(ByteBuffer message, Protocol protocol) {
    SearchFields fields = new SearchFields(protocol);
    boolean[] said = {protocol == Protocol.STORAGE};
    QueryProto.message(
        message,
        "FindTracesRequest",
        (in, tag) -> {
          if (tag != QueryProto.text(1)) {
            return false;
          }
          said[0] = true;
          QueryProto.nested(in, fields);
          return true;
        });
    if (!said[0]) {
      throw OrielException.invalid("query: got none, want one");
    }
    return fields.parameters();
  }

  private static final class SearchFields implements QueryProto.Field {
    private static final int DEPTH = 8;

    private final Protocol protocol;
    private String service = "";
    private String operation = "";
    private final Map<String, String> tags = new LinkedHashMap<>();
    private OptionalLong from = OptionalLong.empty();
    private OptionalLong to = OptionalLong.empty();
    private long minDuration;
    private long maxDuration;
    private int depth;
    private SearchParameters.Form form = SearchParameters.Form.ADJUSTED;
    private Optional<FilterTerm.Call> filter = Optional.empty();

    SearchFields(Protocol protocol) {
      this.protocol = protocol;
    }

    @Override
    public boolean read(CodedInputStream in, int tag) throws IOException {
      switch (tag) {
        case 1 << 3 | 2 -> service = in.readStringRequireUtf8();
        case 2 << 3 | 2 -> operation = in.readStringRequireUtf8();
        case 3 << 3 | 2 -> tag(in);
        case 4 << 3 | 2 -> from = QueryProto.bound(in);
        case 5 << 3 | 2 -> to = QueryProto.bound(in);
        case 6 << 3 | 2 -> minDuration = QueryProto.micros(in);
        case 7 << 3 | 2 -> maxDuration = QueryProto.micros(in);
        case DEPTH << 3 -> depth = in.readInt32();
        default -> {
          return others(in, tag);
        }
      }
      return true;
    }

    /// Fields 9 and 10 are not the same in all protocols.
    private boolean others(CodedInputStream in, int tag) throws IOException {
      if (protocol != Protocol.STORAGE && tag == QueryProto.number(9)) {
        form = in.readBool() ? SearchParameters.Form.RAW : SearchParameters.Form.ADJUSTED;
        return true;
      }
      int field = protocol == Protocol.STORAGE ? 9 : 10;
      if (protocol != Protocol.V2 && tag == QueryProto.text(field)) {
        filter = Optional.of(new FilterProto().call(in, 1));
        return true;
      }
      return false;
    }

    private void tag(CodedInputStream in) throws IOException {
      String[] pair = {"", ""};
      QueryProto.nested(
          in,
          (inner, tag) -> {
            if (tag == QueryProto.text(1)) {
              pair[0] = inner.readStringRequireUtf8();
            } else if (tag == QueryProto.text(2)) {
              pair[1] =
                  protocol == Protocol.STORAGE ? anyValue(inner) : inner.readStringRequireUtf8();
            } else {
              return false;
            }
            return true;
          });
      tags.put(pair[0], pair[1]);
      if (tags.size() > MAX_TAGS) {
        throw OrielException.invalid("attributes: got more than " + MAX_TAGS);
      }
    }

    SearchParameters parameters() {
      return new SearchParameters(
          service,
          operation,
          tags,
          new SearchParameters.Bounds(from, to, minDuration, maxDuration),
          depth,
          form,
          filter);
    }
  }

  /// An `AnyValue` as the text that an index has of it.
  private static String anyValue(CodedInputStream in) throws IOException {
    String[] text = {""};
    QueryProto.nested(
        in,
        (inner, tag) -> {
          switch (tag) {
            case 1 << 3 | 2 -> text[0] = inner.readStringRequireUtf8();
            case 2 << 3 -> text[0] = Boolean.toString(inner.readBool());
            case 3 << 3 -> text[0] = Long.toString(inner.readInt64());
            case 4 << 3 | 1 -> text[0] = plain(inner.readDouble());
            default ->
                throw OrielException.invalid(
                    "attribute: got a list, a map or bytes, want text, a number or a truth value");
          }
          return true;
        });
    return text[0];
  }

  private static String plain(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }

  /// `GetOperationsRequest` of all protocols.
  public static OperationsRequest operations(ByteBuffer message) {
    String[] said = {"", ""};
    QueryProto.message(
        message,
        "GetOperationsRequest",
        (in, tag) -> {
          if (tag == QueryProto.text(1)) {
            said[0] = in.readStringRequireUtf8();
          } else if (tag == QueryProto.text(2)) {
            said[1] = in.readStringRequireUtf8();
          } else {
            return false;
          }
          return true;
        });
    return new OperationsRequest(said[0], said[1]);
  }

  /// `GetDependenciesRequest` of all protocols.
  public static Period dependencies(ByteBuffer message) {
    OptionalLong[] bounds = {OptionalLong.empty(), OptionalLong.empty()};
    QueryProto.message(
        message,
        "GetDependenciesRequest",
        (in, tag) -> {
          if (tag == QueryProto.text(1)) {
            bounds[0] = QueryProto.bound(in);
          } else if (tag == QueryProto.text(2)) {
            bounds[1] = QueryProto.bound(in);
          } else {
            return false;
          }
          return true;
        });
    return new Period(bounds[0], bounds[1]);
  }

  /// What a service's metrics are asked for: `MetricsQueryBaseRequest` with `quantile` beside it.
  ///
  /// @param spanKinds numbers of OTLP's kinds
  /// @param times in microseconds; those that are not said are empty
  /// @param quantile 0 to 1; NaN when it is not said
  public record MetricsRequest(
      List<String> services,
      boolean byOperation,
      List<Integer> spanKinds,
      Times times,
      double quantile) {
    /// End in Unix microseconds, the rest durations in microseconds.
    public record Times(
        OptionalLong end, OptionalLong lookback, OptionalLong step, OptionalLong ratePer) {}

    public MetricsRequest {
      services = List.copyOf(services);
      spanKinds = List.copyOf(spanKinds);
    }
  }

  /// `GetLatenciesRequest`, `GetCallRatesRequest` and `GetErrorRatesRequest`.
  public static MetricsRequest metrics(ByteBuffer message) {
    MetricsFields fields = new MetricsFields();
    double[] quantile = {Double.NaN};
    QueryProto.message(
        message,
        "GetLatenciesRequest",
        (in, tag) -> {
          if (tag == QueryProto.text(1)) {
            QueryProto.nested(in, fields);
          } else if (tag == (2 << 3 | 1)) {
            quantile[0] = in.readDouble();
          } else {
            return false;
          }
          return true;
        });
    return fields.request(quantile[0]);
  }

  private static final class MetricsFields implements QueryProto.Field {
    private final List<String> services = new ArrayList<>();
    private final List<Integer> kinds = new ArrayList<>();
    private boolean byOperation;
    private OptionalLong end = OptionalLong.empty();
    private OptionalLong lookback = OptionalLong.empty();
    private OptionalLong step = OptionalLong.empty();
    private OptionalLong ratePer = OptionalLong.empty();

    @Override
    public boolean read(CodedInputStream in, int tag) throws IOException {
      switch (tag) {
        case 1 << 3 | 2 -> services.add(in.readStringRequireUtf8());
        case 2 << 3 -> byOperation = in.readBool();
        case 3 << 3 | 2 -> end = OptionalLong.of(QueryProto.micros(in));
        case 4 << 3 | 2 -> lookback = OptionalLong.of(QueryProto.micros(in));
        case 5 << 3 | 2 -> step = OptionalLong.of(QueryProto.micros(in));
        case 6 << 3 | 2 -> ratePer = OptionalLong.of(QueryProto.micros(in));
        case 7 << 3 -> kinds.add(in.readEnum());
        case 7 << 3 | 2 -> packed(in);
        default -> {
          return false;
        }
      }
      return true;
    }

    private void packed(CodedInputStream in) throws IOException {
      int limit = in.pushLimit(in.readRawVarint32());
      while (!in.isAtEnd()) {
        kinds.add(in.readEnum());
      }
      in.popLimit(limit);
    }

    MetricsRequest request(double quantile) {
      return new MetricsRequest(
          services,
          byOperation,
          kinds,
          new MetricsRequest.Times(end, lookback, step, ratePer),
          quantile);
    }
  }
}
