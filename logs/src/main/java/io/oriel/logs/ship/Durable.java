package io.oriel.logs.ship;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.oriel.logs.spool.Position;
import io.oriel.logs.spool.Spool;
import io.oriel.logs.tail.Registry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Carries durable positions from the spool into the registry. Thread-safe.
final class Durable implements Spool.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(Durable.class);

  private final Registry registry;

  /** Positions that the registry could not take yet. */
  @GuardedBy("this")
  private final List<Position> waiting = new ArrayList<>();

  Durable(Registry registry) {
    this.registry = registry;
  }

  @Override
  public synchronized void durable(List<Position> positions) {
    waiting.addAll(positions);
    try {
      move();
    } catch (IOException e) {
      LOG.atError().setCause(e).log("cannot note positions of files, trying again");
    }
  }

  @GuardedBy("this")
  private void move() throws IOException {
    if (!waiting.isEmpty()) {
      registry.move(List.copyOf(waiting));
      waiting.clear();
    }
  }

  @Override
  public synchronized void beforeDelete() throws IOException {
    move();
    registry.sync();
  }
}
