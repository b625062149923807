package io.oriel.app.topology;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Two services, `shop` and the `cart` it calls, that send spans to a collector with the
/// OpenTelemetry SDK, and remember which of them the collector took.
final class Application implements AutoCloseable {
  static final String POD = "shop-0";
  static final String NAMESPACE = "store";

  private final Remembering exporter;
  private final SdkTracerProvider shop;
  private final SdkTracerProvider cart;

  /// Says for each batch what became of it.
  private static final class Remembering implements SpanExporter {
    private final SpanExporter inner;
    private final List<SpanData> taken = Collections.synchronizedList(new ArrayList<>());
    private final List<SpanData> refused = Collections.synchronizedList(new ArrayList<>());

    Remembering(SpanExporter inner) {
      this.inner = inner;
    }

    @Override
    public CompletableResultCode export(Collection<SpanData> spans) {
      CompletableResultCode result = inner.export(spans).join(60, TimeUnit.SECONDS);
      (result.isSuccess() ? taken : refused).addAll(spans);
      return result;
    }

    @Override
    public CompletableResultCode flush() {
      return inner.flush();
    }

    @Override
    public CompletableResultCode shutdown() {
      return inner.shutdown();
    }
  }

  /// @param collector `host:port` of OTLP over gRPC
  Application(String collector) {
    exporter =
        new Remembering(
            OtlpGrpcSpanExporter.builder()
                .setEndpoint("http://" + collector)
                .setRetryPolicy(null)
                .build());
    shop = service("shop");
    cart = service("cart");
  }

  private SdkTracerProvider service(String name) {
    return SdkTracerProvider.builder()
        .setResource(
            Resource.builder()
                .put("service.name", name)
                .put("k8s.pod.name", name + "-0")
                .put("k8s.namespace.name", NAMESPACE)
                .build())
        .addSpanProcessor(SimpleSpanProcessor.create(exporter))
        .build();
  }

  /// One order: the shop serves it and calls the cart. Three spans, each sent by itself.
  ///
  /// @return the id of the trace
  String order() {
    Tracer tracer = shop.get("test");
    Span root = tracer.spanBuilder("POST /order").setSpanKind(SpanKind.SERVER).startSpan();
    Context inRoot = Context.root().with(root);
    Span call =
        tracer.spanBuilder("add").setSpanKind(SpanKind.CLIENT).setParent(inRoot).startSpan();
    Span served =
        cart.get("test")
            .spanBuilder("POST /add")
            .setSpanKind(SpanKind.SERVER)
            .setParent(Context.root().with(call))
            .startSpan();
    served.end();
    call.end();
    root.end();
    return root.getSpanContext().getTraceId();
  }

  /// `trace/span` of all spans that the collector took.
  List<String> taken() {
    return exporter.taken.stream()
        .map(span -> span.getTraceId() + "/" + span.getSpanId())
        .sorted()
        .toList();
  }

  /// How many it did not take, and said so.
  int refused() {
    return exporter.refused.size();
  }

  @Override
  public void close() {
    shop.close();
    cart.close();
  }
}
