package io.oriel.wire.descriptor;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import java.util.List;

/// Jaeger's `storage.v2`, by which an unmodified Jaeger reads from us.
final class StorageFiles {
  private static final String STORAGE = "jaeger.storage.v2";

  private StorageFiles() {}

  static List<FileDescriptorProto> all() {
    return List.of(traces(), dependencies(), capabilities());
  }

  static String[] serviceSummary() {
    return new String[] {"string name = 1", "int32 span_count = 2", "int32 error_span_count = 3"};
  }

  static String[] traceSummary(String idType) {
    return new String[] {
      idType + " trace_id = 1",
      "string root_service_name = 2",
      "string root_operation_name = 3",
      "fixed64 min_start_time_unix_nano = 4",
      "fixed64 max_end_time_unix_nano = 5",
      "int32 span_count = 6",
      "int32 error_span_count = 7",
      "int32 orphan_span_count = 8",
      "repeated ServiceSummary services = 9"
    };
  }

  private static FileDescriptorProto traces() {
    String spans = "opentelemetry.proto.trace.v1.TracesData";
    ProtoFile file =
        ProtoFile.of(
            "storage/v2/trace_storage.proto",
            STORAGE,
            List.of(
                JaegerFiles.TIMESTAMP,
                JaegerFiles.DURATION,
                JaegerFiles.OTLP_TRACE,
                JaegerFiles.EXPRESSION));
    return withValues(file)
        .message(
            "GetTraceParams",
            "bytes trace_id = 1",
            "google.protobuf.Timestamp start_time = 2",
            "google.protobuf.Timestamp end_time = 3")
        .message("GetTracesRequest", "repeated GetTraceParams query = 1")
        .message("GetServicesRequest")
        .message("GetServicesResponse", "repeated string services = 1")
        .message("GetOperationsRequest", "string service = 1", "string span_kind = 2")
        .message("Operation", "string name = 1", "string span_kind = 2")
        .message("GetOperationsResponse", "repeated Operation operations = 1")
        .message(
            "TraceQueryParameters",
            "string service_name = 1",
            "string operation_name = 2",
            "repeated KeyValue attributes = 3",
            "google.protobuf.Timestamp start_time_min = 4",
            "google.protobuf.Timestamp start_time_max = 5",
            "google.protobuf.Duration duration_min = 6",
            "google.protobuf.Duration duration_max = 7",
            "int32 search_depth = 8",
            "jaeger.expression.v1.Call filter = 9")
        .message("FindTracesRequest", "TraceQueryParameters query = 1")
        .message("FindTraceIDsRequest", "TraceQueryParameters query = 1")
        .message(
            "FoundTraceID",
            "bytes trace_id = 1",
            "google.protobuf.Timestamp start = 2",
            "google.protobuf.Timestamp end = 3")
        .message("FindTraceIDsResponse", "repeated FoundTraceID trace_ids = 1")
        .message("ServiceSummary", serviceSummary())
        .message("TraceSummary", traceSummary("bytes"))
        .message("FindTraceSummariesRequest", "TraceQueryParameters query = 1")
        .message("FindTraceSummariesResponse", "repeated TraceSummary summaries = 1")
        .service(
            "TraceReader",
            "GetTraces GetTracesRequest -> stream " + spans,
            "GetServices GetServicesRequest -> GetServicesResponse",
            "GetOperations GetOperationsRequest -> GetOperationsResponse",
            "FindTraces FindTracesRequest -> stream " + spans,
            "FindTraceIDs FindTraceIDsRequest -> FindTraceIDsResponse",
            "FindTraceSummaries FindTraceSummariesRequest -> stream FindTraceSummariesResponse")
        .build();
  }

  /// Attributes, which the storage does not take from OTLP.
  private static ProtoFile withValues(ProtoFile file) {
    return file.message(
            "AnyValue",
            "oneof value string string_value = 1",
            "oneof value bool bool_value = 2",
            "oneof value int64 int_value = 3",
            "oneof value double double_value = 4",
            "oneof value ArrayValue array_value = 5",
            "oneof value KeyValueList kvlist_value = 6",
            "oneof value bytes bytes_value = 7")
        .message("KeyValue", "string key = 1", "AnyValue value = 2")
        .message("KeyValueList", "repeated KeyValue values = 1")
        .message("ArrayValue", "repeated AnyValue values = 1");
  }

  private static FileDescriptorProto dependencies() {
    return ProtoFile.of(
            "storage/v2/dependency_storage.proto", STORAGE, List.of(JaegerFiles.TIMESTAMP))
        .message(
            "GetDependenciesRequest",
            "google.protobuf.Timestamp start_time = 1",
            "google.protobuf.Timestamp end_time = 2")
        .message(
            "Dependency",
            "string parent = 1",
            "string child = 2",
            "uint64 call_count = 3",
            "string source = 4")
        .message("GetDependenciesResponse", "repeated Dependency dependencies = 1")
        .service(
            "DependencyReader", "GetDependencies GetDependenciesRequest -> GetDependenciesResponse")
        .build();
  }

  private static FileDescriptorProto capabilities() {
    return ProtoFile.of("storage/v2/capabilities.proto", STORAGE, List.of())
        .message(
            "FilterCapabilities", "repeated string levels = 1", "repeated string operators = 2")
        .message(
            "SearchCapabilities",
            "bool without_service_name = 1",
            "bool same_span_conjunction = 2",
            "FilterCapabilities filter = 3")
        .message("GetCapabilitiesRequest")
        .message("GetCapabilitiesResponse", "SearchCapabilities search = 1")
        .service(
            "Capabilities", "GetCapabilities GetCapabilitiesRequest -> GetCapabilitiesResponse")
        .build();
  }
}
