package io.oriel.traces.receive;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.error.RetryLater;
import io.oriel.wire.jaeger.JaegerBatch;
import io.oriel.wire.jaeger.JaegerThrift;
import io.oriel.wire.jaeger.ThriftReader;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A port of Jaeger's agent: a Thrift call `emitBatch` in each datagram.
///
/// Nobody answers over UDP: what cannot be taken is dropped and counted.
public final class AgentReceiver implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AgentReceiver.class);

  /** Of a datagram; clients keep to 65,000. */
  private static final int MAX_BYTES = 65_536;

  private static final int SOCKET_BUFFER = 4 << 20;

  private final DatagramSocket socket;
  private final Protocol protocol;
  private final SpanIntake intake;
  private final Counts counts;
  private final Thread loop;

  /// What is counted of datagrams, for all ports of a collector.
  public record Counts(Counter packets, Counter errors) {
    /// Registers them, once per registry.
    public static Counts in(PrometheusRegistry registry) {
      return new Counts(
          counter(registry, "jaeger_agent_thrift_udp_server_packets_processed", "Datagrams."),
          counter(
              registry, "jaeger_agent_thrift_udp_server_read_errors", "Datagrams not understood."));
    }

    private static Counter counter(PrometheusRegistry registry, String name, String help) {
      return Counter.builder().name(name).help(help).labelNames("protocol").register(registry);
    }
  }

  private AgentReceiver(
      DatagramSocket socket, Protocol protocol, SpanIntake intake, Counts counts) {
    this.socket = socket;
    this.protocol = protocol;
    this.intake = intake;
    this.counts = counts;
    this.loop =
        Thread.ofPlatform()
            .daemon()
            .name("oriel/collect/udp/" + protocol.transport())
            .unstarted(this::run);
  }

  /// Listens; when it returns the port is open.
  ///
  /// @param protocol JAEGER_COMPACT or JAEGER_BINARY
  /// @throws OrielException of kind UNAVAILABLE when the address cannot be bound
  public static AgentReceiver start(
      InetSocketAddress address, Protocol protocol, SpanIntake intake, Counts counts) {
    try {
      DatagramSocket socket = new DatagramSocket(address);
      socket.setReceiveBufferSize(SOCKET_BUFFER);
      AgentReceiver receiver = new AgentReceiver(socket, protocol, intake, counts);
      receiver.loop.start();
      return receiver;
    } catch (IOException e) {
      throw new OrielException(
          Kind.UNAVAILABLE, "cannot listen on " + address + "/udp: " + e.getMessage(), e);
    }
  }

  public int port() {
    return socket.getLocalPort();
  }

  private void run() {
    byte[] buffer = new byte[MAX_BYTES];
    while (!socket.isClosed()) {
      DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
      try {
        socket.receive(packet);
      } catch (IOException e) {
        if (!socket.isClosed()) {
          LOG.atDebug().setCause(e).log("datagram not received");
        }
        continue;
      }
      counts.packets().labelValues(protocol.transport()).inc();
      take(ByteBuffer.wrap(buffer, 0, packet.getLength()), packet.getLength());
    }
  }

  private void take(ByteBuffer datagram, int bytes) {
    ThriftReader.Protocol layout =
        protocol == Protocol.JAEGER_COMPACT
            ? ThriftReader.Protocol.COMPACT
            : ThriftReader.Protocol.BINARY;
    try {
      JaegerBatch batch = JaegerThrift.readEmitBatch(datagram, layout);
      intake.take(protocol, batch.spans(), bytes, batch.rejected());
    } catch (RetryLater _) {
      // counted by the queue as refused
    } catch (OrielException e) {
      counts.errors().labelValues(protocol.transport()).inc();
      LOG.atDebug().addKeyValue("reason", e.reason()).log("datagram not understood");
    }
  }

  @Override
  public void close() {
    socket.close();
    try {
      loop.join();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
