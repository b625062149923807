package io.oriel.wire.descriptor;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import java.util.List;

/// Jaeger's `api_v2` and `api_v3`: what clients, agents and people's tools speak.
final class JaegerFiles {
  static final String TIMESTAMP = "google/protobuf/timestamp.proto";
  static final String DURATION = "google/protobuf/duration.proto";
  static final String OTLP_TRACE = "opentelemetry/proto/trace/v1/trace.proto";
  static final String EXPRESSION = "expression/v1/expression.proto";
  private static final String MODEL = "api_v2/model.proto";
  private static final String V2 = "jaeger.api_v2";

  private JaegerFiles() {}

  static List<FileDescriptorProto> all() {
    return List.of(model(), collector(), sampling(), queryV2(), metrics(), expression(), queryV3());
  }

  private static FileDescriptorProto model() {
    return ProtoFile.of(MODEL, V2, List.of(TIMESTAMP, DURATION))
        .choice("ValueType", "STRING", "BOOL", "INT64", "FLOAT64", "BINARY")
        .choice("SpanRefType", "CHILD_OF", "FOLLOWS_FROM")
        .message(
            "KeyValue",
            "string key = 1",
            "ValueType v_type = 2",
            "string v_str = 3",
            "bool v_bool = 4",
            "int64 v_int64 = 5",
            "double v_float64 = 6",
            "bytes v_binary = 7")
        .message("Log", "google.protobuf.Timestamp timestamp = 1", "repeated KeyValue fields = 2")
        .message("SpanRef", "bytes trace_id = 1", "bytes span_id = 2", "SpanRefType ref_type = 3")
        .message("Process", "string service_name = 1", "repeated KeyValue tags = 2")
        .message(
            "Span",
            "bytes trace_id = 1",
            "bytes span_id = 2",
            "string operation_name = 3",
            "repeated SpanRef references = 4",
            "uint32 flags = 5",
            "google.protobuf.Timestamp start_time = 6",
            "google.protobuf.Duration duration = 7",
            "repeated KeyValue tags = 8",
            "repeated Log logs = 9",
            "Process process = 10",
            "string process_id = 11",
            "repeated string warnings = 12")
        .message("Batch", "repeated Span spans = 1", "Process process = 2")
        .message(
            "DependencyLink",
            "string parent = 1",
            "string child = 2",
            "uint64 call_count = 3",
            "string source = 4")
        .build();
  }

  private static FileDescriptorProto collector() {
    return ProtoFile.of("api_v2/collector.proto", V2, List.of(MODEL))
        .message("PostSpansRequest", "Batch batch = 1")
        .message("PostSpansResponse")
        .service("CollectorService", "PostSpans PostSpansRequest -> PostSpansResponse")
        .build();
  }

  private static FileDescriptorProto sampling() {
    return ProtoFile.of("api_v2/sampling.proto", V2, List.of())
        .choice("SamplingStrategyType", "PROBABILISTIC", "RATE_LIMITING")
        .message("ProbabilisticSamplingStrategy", "double samplingRate = 1")
        .message("RateLimitingSamplingStrategy", "int32 maxTracesPerSecond = 1")
        .message(
            "OperationSamplingStrategy",
            "string operation = 1",
            "ProbabilisticSamplingStrategy probabilisticSampling = 2")
        .message(
            "PerOperationSamplingStrategies",
            "double defaultSamplingProbability = 1",
            "double defaultLowerBoundTracesPerSecond = 2",
            "repeated OperationSamplingStrategy perOperationStrategies = 3",
            "double defaultUpperBoundTracesPerSecond = 4")
        .message(
            "SamplingStrategyResponse",
            "SamplingStrategyType strategyType = 1",
            "ProbabilisticSamplingStrategy probabilisticSampling = 2",
            "RateLimitingSamplingStrategy rateLimitingSampling = 3",
            "PerOperationSamplingStrategies operationSampling = 4")
        .message("SamplingStrategyParameters", "string serviceName = 1")
        .service(
            "SamplingManager",
            "GetSamplingStrategy SamplingStrategyParameters -> SamplingStrategyResponse")
        .build();
  }

  private static FileDescriptorProto queryV2() {
    return ProtoFile.of("api_v2/query.proto", V2, List.of(MODEL, TIMESTAMP, DURATION))
        .message(
            "GetTraceRequest",
            "bytes trace_id = 1",
            "google.protobuf.Timestamp start_time = 2",
            "google.protobuf.Timestamp end_time = 3",
            "bool raw_traces = 4")
        .message("SpansResponseChunk", "repeated Span spans = 1")
        .message(
            "ArchiveTraceRequest",
            "bytes trace_id = 1",
            "google.protobuf.Timestamp start_time = 2",
            "google.protobuf.Timestamp end_time = 3")
        .message("ArchiveTraceResponse")
        .message(
            "TraceQueryParameters",
            "string service_name = 1",
            "string operation_name = 2",
            "map<string,string> tags = 3",
            "google.protobuf.Timestamp start_time_min = 4",
            "google.protobuf.Timestamp start_time_max = 5",
            "google.protobuf.Duration duration_min = 6",
            "google.protobuf.Duration duration_max = 7",
            "int32 search_depth = 8",
            "bool raw_traces = 9")
        .message("FindTracesRequest", "TraceQueryParameters query = 1")
        .message("GetServicesRequest")
        .message("GetServicesResponse", "repeated string services = 1")
        .message("GetOperationsRequest", "string service = 1", "string span_kind = 2")
        .message("Operation", "string name = 1", "string span_kind = 2")
        .message(
            "GetOperationsResponse",
            "repeated string operationNames = 1",
            "repeated Operation operations = 2")
        .message(
            "GetDependenciesRequest",
            "google.protobuf.Timestamp start_time = 1",
            "google.protobuf.Timestamp end_time = 2")
        .message("GetDependenciesResponse", "repeated DependencyLink dependencies = 1")
        .service(
            "QueryService",
            "GetTrace GetTraceRequest -> stream SpansResponseChunk",
            "ArchiveTrace ArchiveTraceRequest -> ArchiveTraceResponse",
            "FindTraces FindTracesRequest -> stream SpansResponseChunk",
            "GetServices GetServicesRequest -> GetServicesResponse",
            "GetOperations GetOperationsRequest -> GetOperationsResponse",
            "GetDependencies GetDependenciesRequest -> GetDependenciesResponse")
        .build();
  }

  /// The part of `openmetrics.proto` that answers are made of, and `metricsquery.proto`.
  private static FileDescriptorProto metrics() {
    String base = "MetricsQueryBaseRequest baseRequest = 1";
    return ProtoFile.of("metricsquery.proto", V2 + ".metrics", List.of(TIMESTAMP, DURATION))
        .choice(
            "SpanKind",
            "SPAN_KIND_UNSPECIFIED",
            "SPAN_KIND_INTERNAL",
            "SPAN_KIND_SERVER",
            "SPAN_KIND_CLIENT",
            "SPAN_KIND_PRODUCER",
            "SPAN_KIND_CONSUMER")
        .choice(
            "MetricType",
            "UNKNOWN",
            "GAUGE",
            "COUNTER",
            "STATE_SET",
            "INFO",
            "HISTOGRAM",
            "GAUGE_HISTOGRAM",
            "SUMMARY")
        .message("Label", "string name = 1", "string value = 2")
        .message(
            "GaugeValue", "oneof value double double_value = 1", "oneof value int64 int_value = 2")
        .message(
            "MetricPoint",
            "oneof value GaugeValue gauge_value = 2",
            "google.protobuf.Timestamp timestamp = 8")
        .message("Metric", "repeated Label labels = 1", "repeated MetricPoint metric_points = 2")
        .message(
            "MetricFamily",
            "string name = 1",
            "MetricType type = 2",
            "string unit = 3",
            "string help = 4",
            "repeated Metric metrics = 5")
        .message(
            "MetricsQueryBaseRequest",
            "repeated string service_names = 1",
            "bool groupByOperation = 2",
            "google.protobuf.Timestamp end_time = 3",
            "google.protobuf.Duration lookback = 4",
            "google.protobuf.Duration step = 5",
            "google.protobuf.Duration ratePer = 6",
            "repeated SpanKind spanKinds = 7")
        .message("GetLatenciesRequest", base, "double quantile = 2")
        .message("GetCallRatesRequest", base)
        .message("GetErrorRatesRequest", base)
        .message("GetMinStepDurationRequest")
        .message("GetMinStepDurationResponse", "google.protobuf.Duration minStep = 1")
        .message("GetMetricsResponse", "MetricFamily metrics = 1")
        .service(
            "MetricsQueryService",
            "GetMinStepDuration GetMinStepDurationRequest -> GetMinStepDurationResponse",
            "GetLatencies GetLatenciesRequest -> GetMetricsResponse",
            "GetCallRates GetCallRatesRequest -> GetMetricsResponse",
            "GetErrorRates GetErrorRatesRequest -> GetMetricsResponse")
        .build();
  }

  /// Structured filters, which `api_v3` and the storage share.
  private static FileDescriptorProto expression() {
    return ProtoFile.of(EXPRESSION, "jaeger.expression.v1", List.of())
        .message("AttributeReference", "string key = 1", "string level = 2")
        .message("FieldReference", "string name = 1", "string level = 2")
        .message("NestedReference", "string level = 1")
        .message("Scalar", "string value = 1", "string type = 2")
        .message("List", "repeated string values = 1", "string type = 2")
        .message(
            "Expression",
            "oneof term AttributeReference attr = 1",
            "oneof term FieldReference field = 2",
            "oneof term NestedReference nested = 3",
            "oneof term Scalar scalar = 4",
            "oneof term List list = 5",
            "oneof term Call call = 6")
        .message("Call", "string op = 1", "repeated Expression args = 2")
        .build();
  }

  private static FileDescriptorProto queryV3() {
    String spans = "opentelemetry.proto.trace.v1.TracesData";
    return ProtoFile.of(
            "api_v3/query_service.proto",
            "jaeger.api_v3",
            List.of(TIMESTAMP, DURATION, OTLP_TRACE, EXPRESSION))
        .message(
            "GetTraceRequest",
            "string trace_id = 1",
            "google.protobuf.Timestamp start_time = 2",
            "google.protobuf.Timestamp end_time = 3",
            "bool raw_traces = 4")
        .message(
            "TraceQueryParameters",
            "string service_name = 1",
            "string operation_name = 2",
            "map<string,string> attributes = 3",
            "google.protobuf.Timestamp start_time_min = 4",
            "google.protobuf.Timestamp start_time_max = 5",
            "google.protobuf.Duration duration_min = 6",
            "google.protobuf.Duration duration_max = 7",
            "int32 search_depth = 8",
            "bool raw_traces = 9",
            "jaeger.expression.v1.Call filter = 10")
        .message("FindTracesRequest", "TraceQueryParameters query = 1")
        .message("GetServicesRequest")
        .message("GetServicesResponse", "repeated string services = 1")
        .message("GetOperationsRequest", "string service = 1", "string span_kind = 2")
        .message("Operation", "string name = 1", "string span_kind = 2")
        .message("GetOperationsResponse", "repeated Operation operations = 1")
        .message(
            "GetDependenciesRequest",
            "google.protobuf.Timestamp start_time = 1",
            "google.protobuf.Timestamp end_time = 2")
        .message("Dependency", "string parent = 1", "string child = 2", "uint64 call_count = 3")
        .message("DependenciesResponse", "repeated Dependency dependencies = 1")
        .message("ServiceSummary", StorageFiles.serviceSummary())
        .message("TraceSummary", StorageFiles.traceSummary("string"))
        .message("FindTraceSummariesRequest", "TraceQueryParameters query = 1")
        .message("FindTraceSummariesResponse", "repeated TraceSummary summaries = 1")
        .service(
            "QueryService",
            "GetTrace GetTraceRequest -> stream " + spans,
            "FindTraces FindTracesRequest -> stream " + spans,
            "GetServices GetServicesRequest -> GetServicesResponse",
            "GetOperations GetOperationsRequest -> GetOperationsResponse",
            "GetDependencies GetDependenciesRequest -> DependenciesResponse",
            "FindTraceSummaries FindTraceSummariesRequest -> stream FindTraceSummariesResponse")
        .build();
  }
}
