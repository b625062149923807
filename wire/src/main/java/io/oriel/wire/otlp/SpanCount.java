package io.oriel.wire.otlp;

import com.google.protobuf.CodedInputStream;
import java.io.IOException;

/// Counts the spans of an `ExportTraceServiceRequest` from lengths alone: `resource_spans` (1) of
/// `scope_spans` (2) of `spans` (2), opentelemetry-proto 1.x, `trace/v1/trace.proto`.
final class SpanCount {
  private static final int RESOURCE_SPANS = 10;
  private static final int SCOPE_SPANS = 18;
  private static final int SPAN = 18;

  private SpanCount() {}

  static int of(CodedInputStream in) throws IOException {
    int count = 0;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == RESOURCE_SPANS) {
        count += resource(in);
      } else {
        in.skipField(tag);
      }
    }
    return count;
  }

  private static int resource(CodedInputStream in) throws IOException {
    int end = in.pushLimit(in.readRawVarint32());
    int count = 0;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == SCOPE_SPANS) {
        count += scope(in);
      } else {
        in.skipField(tag);
      }
    }
    in.popLimit(end);
    return count;
  }

  private static int scope(CodedInputStream in) throws IOException {
    int end = in.pushLimit(in.readRawVarint32());
    int count = 0;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      count += tag == SPAN ? 1 : 0;
      in.skipField(tag);
    }
    in.popLimit(end);
    return count;
  }
}
