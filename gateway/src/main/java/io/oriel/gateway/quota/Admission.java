package io.oriel.gateway.quota;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/// Lets requests in, and knows what those that are in hold. Thread-safe.
public final class Admission {
  private static final Duration SOON = Duration.ofSeconds(1);

  private final Settings settings;
  private final EnginePressure pressure;
  private final LongSupplier nanoTime;
  private final AtomicLong heldBytes = new AtomicLong();
  private final Map<String, Account> accounts = new ConcurrentHashMap<>();

  /// @param standard for clusters without a quota of their own
  /// @param quotas by cluster
  /// @param inFlightBytes that the bodies of all requests may hold together
  public record Settings(
      ClusterQuota standard, Map<String, ClusterQuota> quotas, long inFlightBytes) {
    public Settings {
      quotas = Map.copyOf(quotas);
    }
  }

  /// @param nanoTime a clock that only goes forward
  public Admission(Settings settings, EnginePressure pressure, LongSupplier nanoTime) {
    this.settings = settings;
    this.pressure = pressure;
    this.nanoTime = nanoTime;
  }

  /// Lets a request of {@code cluster} in.
  ///
  /// @throws Throttled when it is to come again later
  public Pass enter(String cluster) {
    Duration wait = pressure.untilOpen();
    if (!wait.isZero()) {
      throw new Throttled("engine", wait, "the search engine cannot take more now");
    }
    Account account = accounts.computeIfAbsent(cluster, this::open);
    account.check(cluster);
    return new Pass(account);
  }

  /// What the bodies of all requests hold now.
  public long heldBytes() {
    return heldBytes.get();
  }

  private Account open(String cluster) {
    return new Account(settings.quotas().getOrDefault(cluster, settings.standard()), nanoTime);
  }

  /// One cluster's use.
  private static final class Account {
    private final ClusterQuota quota;
    private final DebtBucket bytes;
    private final DebtBucket documents;
    private final AtomicInteger requests = new AtomicInteger();

    Account(ClusterQuota quota, LongSupplier nanoTime) {
      this.quota = quota;
      this.bytes = new DebtBucket(quota.bytesPerSecond(), nanoTime);
      this.documents = new DebtBucket(quota.documentsPerSecond(), nanoTime);
    }

    void check(String cluster) {
      if (quota.bytesPerSecond() > 0 && !bytes.untilOpen().isZero()) {
        throw new Throttled(
            "bytes",
            bytes.untilOpen(),
            "bytes_per_second: cluster " + cluster + " may send " + quota.bytesPerSecond());
      }
      if (quota.documentsPerSecond() > 0 && !documents.untilOpen().isZero()) {
        throw new Throttled(
            "documents",
            documents.untilOpen(),
            "documents_per_second: cluster " + cluster + " may send " + quota.documentsPerSecond());
      }
      int now = requests.incrementAndGet();
      if (quota.concurrentRequests() > 0 && now > quota.concurrentRequests()) {
        requests.decrementAndGet();
        throw new Throttled(
            "requests",
            SOON,
            "concurrent_requests: cluster "
                + cluster
                + " may have "
                + quota.concurrentRequests()
                + " at once");
      }
    }

    void charge(long sentBytes, long sentDocuments) {
      if (quota.bytesPerSecond() > 0) {
        bytes.charge(sentBytes);
      }
      if (quota.documentsPerSecond() > 0) {
        documents.charge(sentDocuments);
      }
    }
  }

  /// A request that is in. Used by one thread; closing gives back what it held.
  public final class Pass implements AutoCloseable {
    private final Account account;
    private long held;

    private Pass(Account account) {
      this.account = account;
    }

    /// Takes memory before it is used.
    ///
    /// @throws Throttled when there is none left
    public void hold(long bytes) {
      long now = heldBytes.addAndGet(bytes);
      held += bytes;
      if (now > settings.inFlightBytes()) {
        throw new Throttled(
            "memory",
            SOON,
            "in_flight_bytes: all requests together hold " + settings.inFlightBytes());
      }
    }

    /// Charges what came in, whether or not it was taken.
    public void charge(long sentBytes, long sentDocuments) {
      account.charge(sentBytes, sentDocuments);
    }

    @Override
    public void close() {
      heldBytes.addAndGet(-held);
      held = 0;
      account.requests.decrementAndGet();
    }
  }
}
