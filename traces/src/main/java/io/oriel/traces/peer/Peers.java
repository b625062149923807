package io.oriel.traces.peer;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.oriel.model.error.OrielException;
import io.oriel.runtime.grpc.GrpcClient;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The collectors that share the work, as far as they can be reached. Thread-safe.
///
/// {@link #refresh} is called by whoever owns this, now and then.
public final class Peers implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Peers.class);

  /// Says who the collectors are.
  @FunctionalInterface
  public interface Names {
    /// Addresses `host:port` of OTLP over gRPC, the own one among them or not.
    ///
    /// @throws IOException when they cannot be found out
    List<String> now() throws IOException;
  }

  /// Opens a client.
  @FunctionalInterface
  public interface Connector {
    GrpcClient connect(String address) throws IOException;
  }

  /// How peers are found and reached.
  ///
  /// @param self the own address as the others know it
  /// @param timeout how long a peer may take to answer
  /// @param rest how long one that did not answer is left out
  public record Options(
      String self, Names names, Connector connector, Duration timeout, Duration rest) {}

  private final Options options;
  private final LongSupplier nanoTime;

  @GuardedBy("this")
  private final Map<String, GrpcClient> clients = new HashMap<>();

  /** Since when those that did not answer are left out. */
  @GuardedBy("this")
  private final Map<String, Long> resting = new HashMap<>();

  @GuardedBy("this")
  private Set<String> known;

  private volatile PeerRing ring;

  /// Nobody but ourselves before the first {@link #refresh}.
  public Peers(Options options, LongSupplier nanoTime) {
    this.options = options;
    this.nanoTime = nanoTime;
    this.known = Set.of(options.self());
    this.ring = new PeerRing(known);
  }

  /// Finds out anew who is there, and lets those try again who have rested.
  public void refresh() {
    Set<String> named = new HashSet<>(Set.of(options.self()));
    boolean found = true;
    try {
      named.addAll(options.names().now());
    } catch (IOException | OrielException e) {
      found = false;
      LOG.atWarn()
          .addKeyValue("reason", e.getMessage())
          .log("cannot find the other collectors, keeping those that were known");
    }
    synchronized (this) {
      Set<String> all = found ? Set.copyOf(named) : known;
      known = all;
      List<String> gone = new ArrayList<>(clients.keySet());
      gone.removeAll(all);
      for (String address : gone) {
        forget(address);
      }
      long now = nanoTime.getAsLong();
      resting
          .entrySet()
          .removeIf(
              entry ->
                  !all.contains(entry.getKey())
                      || now - entry.getValue() >= options.rest().toNanos());
      arrange();
    }
  }

  @GuardedBy("this")
  private void forget(String address) {
    GrpcClient client = clients.remove(address);
    if (client != null) {
      client.close();
    }
  }

  @GuardedBy("this")
  private void arrange() {
    Set<String> up = new TreeSet<>(known);
    up.removeAll(resting.keySet());
    PeerRing now = new PeerRing(up);
    if (!now.members().equals(ring.members())) {
      LOG.atInfo()
          .addKeyValue("self", options.self())
          .addKeyValue("members", now.members())
          .log("collectors that share the work");
    }
    ring = now;
  }

  /// Leaves out a peer that did not answer.
  synchronized void failed(String address, String reason) {
    if (address.equals(options.self())
        || resting.putIfAbsent(address, nanoTime.getAsLong()) != null) {
      return;
    }
    LOG.atWarn()
        .addKeyValue("collector", address)
        .addKeyValue("reason", reason)
        .log("collector does not answer, the others take its traces");
    arrange();
  }

  /// Who is there now; ourselves at least.
  PeerRing ring() {
    return ring;
  }

  /// How many are known, those that do not answer among them.
  public synchronized int known() {
    return known.size();
  }

  /// How many take part now.
  public int active() {
    return ring.members().size();
  }

  String self() {
    return options.self();
  }

  Duration timeout() {
    return options.timeout();
  }

  /// The client for a peer, which stays ours to close.
  ///
  /// @throws IOException when none can be made
  synchronized GrpcClient client(String address) throws IOException {
    GrpcClient client = clients.get(address);
    if (client == null) {
      client = options.connector().connect(address);
      clients.put(address, client);
    }
    return client;
  }

  @Override
  public synchronized void close() {
    clients.values().forEach(GrpcClient::close);
    clients.clear();
  }
}
