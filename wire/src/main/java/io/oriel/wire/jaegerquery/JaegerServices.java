package io.oriel.wire.jaegerquery;

/// Full names of services and calls, as they stand in a gRPC path.
public final class JaegerServices {
  public static final String QUERY_V3 = "jaeger.api_v3.QueryService";
  public static final String QUERY_V2 = "jaeger.api_v2.QueryService";
  public static final String METRICS = "jaeger.api_v2.metrics.MetricsQueryService";
  public static final String TRACE_READER = "jaeger.storage.v2.TraceReader";
  public static final String DEPENDENCY_READER = "jaeger.storage.v2.DependencyReader";
  public static final String CAPABILITIES = "jaeger.storage.v2.Capabilities";

  public static final String GET_TRACE = "GetTrace";
  public static final String GET_TRACES = "GetTraces";
  public static final String FIND_TRACES = "FindTraces";
  public static final String FIND_TRACE_IDS = "FindTraceIDs";
  public static final String FIND_TRACE_SUMMARIES = "FindTraceSummaries";
  public static final String ARCHIVE_TRACE = "ArchiveTrace";
  public static final String GET_SERVICES = "GetServices";
  public static final String GET_OPERATIONS = "GetOperations";
  public static final String GET_DEPENDENCIES = "GetDependencies";
  public static final String GET_CAPABILITIES = "GetCapabilities";
  public static final String GET_LATENCIES = "GetLatencies";
  public static final String GET_CALL_RATES = "GetCallRates";
  public static final String GET_ERROR_RATES = "GetErrorRates";
  public static final String GET_MIN_STEP = "GetMinStepDuration";

  private JaegerServices() {}
}
