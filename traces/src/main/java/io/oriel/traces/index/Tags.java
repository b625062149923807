package io.oriel.traces.index;

/// Names that have a meaning of their own in Jaeger's documents.
final class Tags {
  static final String SERVICE_NAME = "service.name";

  /** What upstream writes for a resource that does not say its service. */
  static final String NO_SERVICE = "OTLPResourceNoServiceName";

  static final String SPAN_KIND = "span.kind";
  static final String ERROR = "error";
  static final String STATUS_CODE = "otel.status_code";
  static final String STATUS_DESCRIPTION = "otel.status_description";
  static final String SCOPE_NAME = "otel.scope.name";
  static final String SCOPE_VERSION = "otel.scope.version";
  static final String TRACE_STATE = "w3c.tracestate";
  static final String EVENT = "event";
  static final String REF_TYPE = "opentracing.ref_type";
  static final String CHILD_OF = "child_of";
  static final String FOLLOWS_FROM = "follows_from";
  static final String HTTP_STATUS = "http.response.status_code";
  static final String HTTP_MESSAGE = "http.status_message";

  private Tags() {}
}
