package io.oriel.traces.api;

import io.oriel.model.json.JsonWriter;
import io.oriel.traces.assemble.TraceSummary;

/// Summaries as `jaeger.api_v3` has them in JSON: 64-bit numbers are text.
final class SummaryJson {
  private SummaryJson() {}

  static void write(TraceSummary summary, JsonWriter json) {
    json.beginObject().name("traceId").string(summary.id().hex());
    json.name("rootServiceName").string(summary.root().service());
    json.name("rootOperationName").string(summary.root().operation());
    json.name("minStartTimeUnixNano").string(Long.toString(summary.extent().startNanos()));
    json.name("maxEndTimeUnixNano").string(Long.toString(summary.extent().endNanos()));
    json.name("spanCount").number(summary.counts().spans());
    json.name("errorSpanCount").number(summary.counts().errors());
    json.name("orphanSpanCount").number(summary.counts().orphans());
    json.name("services").beginArray();
    for (TraceSummary.OfService each : summary.services()) {
      json.beginObject().name("name").string(each.name());
      json.name("spanCount").number(each.spans());
      json.name("errorSpanCount").number(each.errors()).endObject();
    }
    json.endArray().endObject();
  }
}
