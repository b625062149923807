package io.oriel.logs.deliver;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/// Which host is asked next: all in turns, or one until it fails; one that failed is left alone for
/// a moment as long as there are others. Thread-safe.
final class Hosts {
  private static final long REST_NANOS = Duration.ofSeconds(10).toNanos();

  private final boolean balance;
  private final LongSupplier nanos;

  @GuardedBy("this")
  private final List<Host> hosts = new ArrayList<>();

  @GuardedBy("this")
  private int next;

  private static final class Host {
    private final URI bulk;
    private boolean failed;
    private long failedNanos;

    Host(URI bulk) {
      this.bulk = bulk;
    }
  }

  Hosts(DeliverConfig config, LongSupplier nanos) {
    this.balance = config.loadBalance();
    this.nanos = nanos;
    Map<String, String> parameters = new TreeMap<>(config.parameters());
    parameters.putIfAbsent("filter_path", "errors,items.*.error,items.*.status");
    StringBuilder query = new StringBuilder("/_bulk?");
    parameters.forEach(
        (name, value) ->
            query
                .append(query.charAt(query.length() - 1) == '?' ? "" : "&")
                .append(name)
                .append('=')
                .append(value));
    for (URI host : config.hosts()) {
      hosts.add(new Host(URI.create(host.toString().replaceAll("/+$", "") + query)));
    }
  }

  /// Where to send the next request.
  synchronized URI next() {
    long now = nanos.getAsLong();
    for (int i = 0; i < hosts.size(); i++) {
      int at = (next + i) % hosts.size();
      Host host = hosts.get(at);
      if (!host.failed || now - host.failedNanos > REST_NANOS) {
        next = balance ? at + 1 : at;
        return host.bulk;
      }
    }
    Host host = hosts.get(next++ % hosts.size());
    return host.bulk;
  }

  /// Notes how a request to {@code bulk} ended.
  synchronized void told(URI bulk, boolean works) {
    for (Host host : hosts) {
      if (host.bulk.equals(bulk)) {
        host.failed = !works;
        host.failedNanos = nanos.getAsLong();
      }
    }
  }
}
