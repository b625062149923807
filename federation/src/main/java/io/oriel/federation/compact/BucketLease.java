package io.oriel.federation.compact;

import io.oriel.federation.bucket.Bucket;
import io.oriel.federation.bucket.BucketException;
import io.oriel.federation.bucket.Content;
import io.oriel.federation.bucket.ObjectEntry;
import io.oriel.federation.bucket.Pause;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Quoted;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The right to change a bucket, of which there is one. Thread-safe.
///
/// A holder has an object of its own below `oriel/leases/NAME/` and uploads it again before it
/// expires. Who wants the lease uploads first and lists then: who sees another one that is fresh
/// takes its own away and is refused. Of two who try at once at least one lists after the other's
/// upload, so never do both hold it; both may be refused. This needs listings that show what was
/// uploaded, as those of S3, GCS, Azure and file systems do, and no conditional writes.
///
/// Whether an object is fresh is told by the store's clock alone, which stamped both; how long our
/// own lasts is told by elapsed time here, of which a third is given away. So clocks may differ.
public final class BucketLease implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BucketLease.class);

  private final Bucket bucket;
  private final String own;
  private final Duration lifetime;
  private final LongSupplier nanos;
  private final Thread keeper;
  private volatile long renewedNanos;
  private volatile boolean lost;

  /// Who wants which lease.
  ///
  /// @param name what is protected, `compactor`
  /// @param holder unique among all who ask; fit to be shown and to be part of an object's name
  /// @param lifetime after which a holder that died is not waited for any more
  public record Terms(String name, String holder, Duration lifetime) {}

  private BucketLease(
      Bucket bucket, String own, Duration lifetime, LongSupplier nanos, Pause pause) {
    this.bucket = bucket;
    this.own = own;
    this.lifetime = lifetime;
    this.nanos = nanos;
    this.renewedNanos = nanos.getAsLong();
    this.keeper = Thread.ofVirtual().name("oriel/bucket/lease").unstarted(() -> keep(pause));
  }

  /// Takes the lease unless somebody has it; it is renewed until it is closed.
  ///
  /// @return nothing when somebody else has it
  /// @throws BucketException when the bucket does not answer
  public static Optional<BucketLease> acquire(
      Bucket bucket, Terms terms, LongSupplier nanos, Pause pause) {
    String directory = "oriel/leases/" + terms.name();
    String own = directory + "/" + terms.holder();
    BucketLease lease = new BucketLease(bucket, own, terms.lifetime(), nanos, pause);
    lease.renew();
    List<ObjectEntry> others = new ArrayList<>();
    bucket.iter(
        directory,
        Bucket.Depth.ALL,
        object -> {
          if (!object.name().equals(own)) {
            others.add(object);
          }
          return true;
        });
    long oldest = bucket.attributes(own).modifiedMillis() - terms.lifetime().toMillis();
    for (ObjectEntry other : others) {
      if (other.modifiedMillis() >= oldest) {
        LOG.atInfo()
            .addKeyValue("lease", terms.name())
            .addKeyValue("holder", other.lastSegment())
            .log("somebody else has the lease");
        bucket.delete(own);
        return Optional.empty();
      }
    }
    for (ObjectEntry dead : others) {
      bucket.delete(dead.name());
    }
    lease.keeper.start();
    return Optional.of(lease);
  }

  private void renew() {
    long before = nanos.getAsLong();
    bucket.upload(own, Content.of("held\n"));
    renewedNanos = before;
  }

  private void keep(Pause pause) {
    while (true) {
      try {
        pause.of(lifetime.dividedBy(4));
        if (!isHeld() || !bucket.exists(own)) {
          lost = true;
          return;
        }
        renew();
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return;
      } catch (BucketException e) {
        LOG.atWarn().addKeyValue("lease", own).setCause(e).log("cannot renew lease; trying again");
      }
    }
  }

  /// Whether nobody else can have it.
  public boolean isHeld() {
    return !lost && nanos.getAsLong() - renewedNanos < lifetime.toNanos() / 3 * 2;
  }

  /// Refuses to go on without the lease.
  ///
  /// @throws OrielException of kind CONFLICT when it was lost
  public void check() {
    if (!isHeld()) {
      throw new OrielException(
          Kind.CONFLICT,
          "lease " + Quoted.of(own) + ": not renewed in time; somebody else may have it");
    }
  }

  /// Gives it back.
  @Override
  public void close() {
    keeper.interrupt();
    if (isHeld()) {
      bucket.delete(own);
    }
    lost = true;
  }
}
