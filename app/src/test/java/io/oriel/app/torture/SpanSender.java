package io.oriel.app.torture;

import io.oriel.model.attribute.AttributeValue;
import io.oriel.model.attribute.Attributes;
import io.oriel.model.error.OrielException;
import io.oriel.model.trace.Resource;
import io.oriel.model.trace.Scope;
import io.oriel.model.trace.Span;
import io.oriel.model.trace.SpanEvent;
import io.oriel.model.trace.SpanKind;
import io.oriel.model.trace.SpanStatus;
import io.oriel.model.trace.TraceId;
import io.oriel.runtime.http.HttpClient;
import io.oriel.runtime.http.HttpRequest;
import io.oriel.runtime.http.HttpResult;
import io.oriel.wire.otlp.OtlpTraces;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/// An application that sends spans over OTLP and keeps to the protocol: what is not acknowledged is
/// sent again as it was, or given up; what is acknowledged is forgotten.
final class SpanSender implements Runnable {
  private static final int BATCH = 10;
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final URI collector;
  private final HttpClient client;
  private final SplittableRandom random;
  private final int tries;
  private final AtomicBoolean done = new AtomicBoolean();
  private final Set<String> sent = ConcurrentHashMap.newKeySet();
  private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
  private final AtomicLong requests = new AtomicLong();
  private final AtomicLong refusals = new AtomicLong();

  /// @param tries of each batch, after which it is given up
  SpanSender(URI collector, HttpClient client, SplittableRandom random, int tries) {
    this.collector = collector;
    this.client = client;
    this.random = random;
    this.tries = tries;
  }

  @Override
  public void run() {
    try {
      while (!done.get()) {
        List<Span> batch = batch();
        batch.forEach(span -> sent.add(key(span)));
        byte[] body = OtlpTraces.write(batch);
        for (int i = 0; i < tries && !send(body); i++) {
          Thread.sleep(20 + random.nextInt(80));
          if (i == tries - 1) {
            batch = List.of();
          }
        }
        batch.forEach(span -> acknowledged.add(key(span)));
        Thread.sleep(random.nextInt(40));
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean send(byte[] body) throws InterruptedException {
    requests.incrementAndGet();
    try {
      HttpResult result =
          client.send(
              HttpRequest.post(collector, "application/x-protobuf", body).withTimeout(PATIENCE));
      if (!result.isSuccess()) {
        refusals.incrementAndGet();
      }
      return result.isSuccess();
    } catch (IOException | OrielException _) {
      return false;
    }
  }

  /// Sends no further batch, but goes on with the one under way.
  void finish() {
    done.set(true);
  }

  Set<String> sent() {
    return sent;
  }

  Set<String> acknowledged() {
    return acknowledged;
  }

  long requests() {
    return requests.get();
  }

  /// Answers that said no, other than connections that broke.
  long refusals() {
    return refusals.get();
  }

  private static String key(Span span) {
    return span.traceId().hex() + "/" + String.format(Locale.ROOT, "%016x", span.spanId());
  }

  private List<Span> batch() {
    TraceId trace = new TraceId(random.nextLong(), random.nextLong() | 1);
    List<Span> spans = new ArrayList<>();
    for (int i = 0; i < BATCH; i++) {
      spans.add(span(trace));
    }
    return spans;
  }

  private Span span(TraceId trace) {
    long start = System.currentTimeMillis() * 1_000_000 + random.nextInt(1_000_000);
    return new Span(
        trace,
        1 + random.nextLong(Long.MAX_VALUE),
        random.nextBoolean() ? 0 : 1 + random.nextLong(Long.MAX_VALUE),
        random.nextBoolean() ? "" : "ot=th:8,vendor=x",
        1,
        "op-" + random.nextInt(20),
        SpanKind.values()[random.nextInt(SpanKind.values().length)],
        start,
        start + random.nextInt(1_000_000_000),
        random.nextBoolean()
            ? SpanStatus.UNSET
            : new SpanStatus(SpanStatus.Code.ERROR, "käse \"1\""),
        Attributes.builder()
            .add("text", AttributeValue.of("a\nb\u2028c"))
            .add("whole", AttributeValue.of(random.nextLong()))
            .add("real", AttributeValue.of(random.nextDouble() * 1e9))
            .add("yes", AttributeValue.of(random.nextBoolean()))
            .add("bytes", AttributeValue.of(new byte[] {(byte) random.nextInt(), 7}))
            .add(
                "list",
                new AttributeValue.ListOf(List.of(AttributeValue.of("x"), AttributeValue.of(2L))))
            .build(),
        List.of(
            new SpanEvent(
                start + 5, "event", Attributes.of("k", AttributeValue.of(random.nextInt(9))), 0)),
        List.of(),
        Span.Dropped.NOTHING,
        Resource.of(Attributes.of("service.name", AttributeValue.of("s" + random.nextInt(3)))),
        new Scope("lib", "1", Attributes.empty(), 0, ""));
  }
}
