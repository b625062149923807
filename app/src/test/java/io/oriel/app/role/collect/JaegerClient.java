package io.oriel.app.role.collect;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jaegertracing.agent.thrift.Agent;
import io.jaegertracing.internal.JaegerSpan;
import io.jaegertracing.internal.JaegerTracer;
import io.jaegertracing.internal.exceptions.SenderException;
import io.jaegertracing.internal.reporters.RemoteReporter;
import io.jaegertracing.internal.samplers.ConstSampler;
import io.jaegertracing.spi.Sender;
import io.jaegertracing.thrift.internal.reporters.protocols.ThriftUdpTransport;
import io.jaegertracing.thrift.internal.senders.ThriftSender;
import io.jaegertracing.thriftjava.Batch;
import io.jaegertracing.thriftjava.Process;
import io.oriel.model.attribute.AttributeValue;
import io.oriel.model.trace.Span;
import io.oriel.model.trace.SpanKind;
import io.oriel.model.trace.SpanStatus;
import java.util.List;
import java.util.Map;
import org.apache.thrift.TException;
import org.apache.thrift.transport.TTransportException;

/// Jaeger's own Java client: two spans with everything that it can say.
final class JaegerClient {
  private JaegerClient() {}

  /// Reports a parent and a child, and waits until they are sent.
  static void report(Sender sender) {
    try (JaegerTracer tracer =
        new JaegerTracer.Builder("legacy")
            .withSampler(new ConstSampler(true))
            .withReporter(new RemoteReporter.Builder().withSender(sender).build())
            .withTraceId128Bit()
            .withTag("region", "north")
            .build()) {
      JaegerSpan parent = tracer.buildSpan("parent").withTag("span.kind", "server").start();
      JaegerSpan child =
          tracer
              .buildSpan("child")
              .asChildOf(parent)
              .withTag("n", 7)
              .withTag("ratio", 0.5)
              .withTag("ok", true)
              .start();
      child.log(Map.of("event", "cache miss", "key", "k1"));
      child.setTag("error", true);
      child.finish();
      parent.finish();
    }
  }

  /// That exactly the two are there, with all that was said of them.
  static void assertReported(List<Span> spans) {
    assertEquals(2, spans.size());
    Span child = spans.stream().filter(s -> s.name().equals("child")).findFirst().orElseThrow();
    Span parent = spans.stream().filter(s -> s.name().equals("parent")).findFirst().orElseThrow();
    assertEquals(parent.spanId(), child.parentSpanId());
    assertEquals(parent.traceId(), child.traceId());
    assertEquals(SpanKind.SERVER, parent.kind());
    assertEquals("legacy", child.service());
    assertEquals("dev-01", child.resource().attributes().text("cluster"));
    assertEquals("north", child.resource().attributes().text("region"));
    assertEquals(AttributeValue.of(7L), child.attributes().get("n").orElseThrow());
    assertEquals(AttributeValue.of(0.5), child.attributes().get("ratio").orElseThrow());
    assertEquals(AttributeValue.of(true), child.attributes().get("ok").orElseThrow());
    assertEquals(SpanStatus.Code.ERROR, child.status().code());
    assertEquals("cache miss", child.events().getFirst().name());
    assertEquals("k1", child.events().getFirst().attributes().text("key"));
  }

  /// Its encoder and transport with Thrift's binary protocol, which other languages' clients used;
  /// the Java client's own sender over UDP speaks the compact one.
  static Sender binary(int port) throws TTransportException {
    return new Binary(ThriftUdpTransport.newThriftUdpClient("127.0.0.1", port));
  }

  private static final class Binary extends ThriftSender {
    private final ThriftUdpTransport transport;

    Binary(ThriftUdpTransport transport) throws TTransportException {
      super(ProtocolType.Binary, 0);
      this.transport = transport;
    }

    @Override
    public void send(Process process, List<io.jaegertracing.thriftjava.Span> spans)
        throws SenderException {
      try {
        new Agent.Client(protocolFactory.getProtocol(transport))
            .emitBatch(new Batch(process, spans));
      } catch (TException e) {
        throw new SenderException("cannot send", e, spans.size());
      }
    }

    @Override
    public int close() throws SenderException {
      int flushed = super.close();
      transport.close();
      return flushed;
    }
  }
}
