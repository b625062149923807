package io.oriel.app.topology;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/// The roles of this process, each of which can be stopped and started again by itself.
/// Thread-safe.
final class Roles implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Roles.class);

  private final Map<String, Role> roles = new LinkedHashMap<>();
  private final Consumer<String> progress;

  /** By name, the ones that run. */
  private final Map<String, AutoCloseable> running = new HashMap<>();

  /// Starts a role; when it returns, the role is ready.
  interface Starter {
    AutoCloseable start() throws IOException, InterruptedException;
  }

  /// One of them.
  ///
  /// @param name unique
  /// @param wave roles of a wave are started together, after those of the waves before
  record Role(String name, String cluster, int wave, Starter starter) {}

  /// @param progress is told the name of each role as it becomes ready
  Roles(List<Role> roles, Consumer<String> progress) {
    roles.forEach(role -> this.roles.put(role.name(), role));
    this.progress = progress;
  }

  /// The names of a cluster's roles.
  List<String> of(String cluster) {
    return roles.values().stream()
        .filter(role -> role.cluster().equals(cluster))
        .map(Role::name)
        .toList();
  }

  /// Starts one that does not run.
  ///
  /// @throws OrielException of kind NOT_FOUND when there is none of that name
  void start(String name) throws IOException, InterruptedException {
    Role role = roles.get(name);
    if (role == null) {
      throw new OrielException(Kind.NOT_FOUND, "no role " + name);
    }
    AutoCloseable started;
    try (MDC.MDCCloseable _ = MDC.putCloseable(PlatformLogs.CLUSTER, role.cluster())) {
      started = role.starter().start();
    }
    synchronized (running) {
      running.put(name, started);
    }
    progress.accept(name);
  }

  /// Starts all of them.
  void startAll() throws IOException, InterruptedException {
    startAll(List.copyOf(roles.keySet()));
  }

  /// Starts several, a wave side by side, since each waits for its own disk and sockets.
  void startAll(List<String> names) throws IOException, InterruptedException {
    SortedMap<Integer, List<String>> waves = new TreeMap<>();
    for (String name : names) {
      Role role = roles.get(name);
      if (role != null) {
        waves.computeIfAbsent(role.wave(), _ -> new ArrayList<>()).add(name);
      }
    }
    for (List<String> wave : waves.values()) {
      startTogether(wave);
    }
  }

  private void startTogether(List<String> names) throws IOException, InterruptedException {
    // not virtual: a class that is initialized by several at once holds every carrier on two cores,
    // and the one that initializes it may wait for a virtual thread that finds none
    try (ExecutorService threads =
        Executors.newThreadPerTaskExecutor(Thread.ofPlatform().name("oriel/up/start").factory())) {
      List<Future<?>> starting = new ArrayList<>();
      for (String name : names) {
        starting.add(
            threads.submit(
                () -> {
                  start(name);
                  return name;
                }));
      }
      for (Future<?> one : starting) {
        try {
          Object _ = one.get();
        } catch (ExecutionException e) {
          if (e.getCause() instanceof OrielException known) {
            throw known;
          }
          throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
        }
      }
    }
  }

  /// Stops one; nothing happens when it does not run.
  void stop(String name) throws IOException {
    AutoCloseable role;
    synchronized (running) {
      role = running.remove(name);
    }
    if (role != null) {
      close(name, role);
    }
  }

  private void stopLogging(String name) {
    try {
      stop(name);
    } catch (IOException | RuntimeException e) {
      LOG.atError().setCause(e).addKeyValue("role", name).log("did not stop cleanly");
    }
  }

  private static void close(String name, AutoCloseable role) throws IOException {
    try {
      role.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while stopping " + name, e);
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException("cannot stop " + name + ": " + e.getMessage(), e);
    }
  }

  /// Stops all side by side, since each drains its own connections.
  @Override
  public void close() {
    List<String> names;
    synchronized (running) {
      names = List.copyOf(running.keySet());
    }
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (String name : names) {
        threads.execute(() -> stopLogging(name));
      }
    }
  }
}
