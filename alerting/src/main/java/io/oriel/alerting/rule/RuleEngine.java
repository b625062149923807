package io.oriel.alerting.rule;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs the groups of the loaded rule files, each on a virtual thread of its own, and exchanges
/// them on a reload without losing what they remember. Thread-safe.
public final class RuleEngine implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RuleEngine.class);

  private final RuleGroup.Collaborators with;
  private final InstantSource clock;
  private final Object lock = new Object();

  @GuardedBy("lock")
  private Map<String, Loop> loops = new LinkedHashMap<>();

  /// One group with its thread.
  private static final class Loop {
    final RuleGroup group;
    final Thread thread;
    final CountDownLatch stop = new CountDownLatch(1);

    Loop(RuleGroup group, InstantSource clock) {
      this.group = group;
      this.thread =
          Thread.ofVirtual().name("oriel/metrics/rules/" + group.key()).unstarted(() -> run(clock));
    }

    private void run(InstantSource clock) {
      try {
        long slot = group.slotMillis(clock.millis());
        boolean restored = false;
        while (true) {
          long next = slot + group.intervalMillis();
          long wait = next - clock.millis();
          if (wait > 0 && stop.await(wait, TimeUnit.MILLISECONDS)) {
            return;
          }
          long now = group.slotMillis(clock.millis());
          long missed = (now - next) / group.intervalMillis();
          if (missed > 0) {
            group.countMissed(missed);
          }
          slot = Math.max(now, next);
          evaluate(slot);
          if (!restored) {
            group.restore(slot);
            restored = true;
          }
        }
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }

    private void evaluate(long slot) {
      try {
        group.evaluate(slot);
      } catch (RuntimeException e) {
        LOG.atError()
            .setCause(e)
            .addKeyValue("group", group.key())
            .log("rule group failed, going on with its next turn");
      }
    }

    void end() throws InterruptedException {
      stop.countDown();
      thread.join();
    }
  }

  public RuleEngine(RuleGroup.Collaborators with, InstantSource clock) {
    this.with = with;
    this.clock = clock;
  }

  /// Puts the groups of {@code files} in place of the present ones; waits for running evaluations
  /// to end.
  public void load(List<RuleFile> files, RuleOptions options) throws InterruptedException {
    synchronized (lock) {
      Map<String, Loop> before = loops;
      Map<String, Loop> after = new LinkedHashMap<>();
      for (Loop old : before.values()) {
        old.end();
      }
      for (RuleFile file : files) {
        for (RuleFile.Group group : file.groups()) {
          RuleGroup fresh = new RuleGroup(file.path(), group, options, with);
          Loop old = before.get(fresh.key());
          if (old != null) {
            fresh.inherit(old.group);
          }
          after.put(fresh.key(), new Loop(fresh, clock));
        }
      }
      before.forEach(
          (key, old) -> {
            if (!after.containsKey(key)) {
              end(old.group);
            }
          });
      loops = after;
      after.values().forEach(loop -> loop.thread.start());
    }
  }

  private void end(RuleGroup group) {
    try {
      group.endSeries(clock.millis());
    } catch (IOException e) {
      LOG.atWarn()
          .setCause(e)
          .addKeyValue("group", group.key())
          .log("cannot end the series of a removed group, they go stale by themselves");
    }
  }

  /// How every group stands, in the order of the files.
  public List<RuleGroupStatus> status() {
    List<RuleGroupStatus> all = new ArrayList<>();
    synchronized (lock) {
      loops.values().forEach(loop -> all.add(loop.group.status()));
    }
    return all;
  }

  /// Ends all loops after the evaluation they are in; series stay as they are, for the next start
  /// to go on with.
  @Override
  public void close() {
    synchronized (lock) {
      for (Loop loop : loops.values()) {
        try {
          loop.end();
        } catch (InterruptedException _) {
          Thread.currentThread().interrupt();
        }
      }
      loops = new LinkedHashMap<>();
    }
  }
}
