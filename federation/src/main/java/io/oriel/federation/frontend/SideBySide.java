package io.oriel.federation.frontend;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Runs work that waits, all at once; who needs a bound has it in the work.
final class SideBySide {
  private SideBySide() {}

  /// The results in order.
  ///
  /// @throws IOException and any unchecked exception of the first work in order that fails; what
  ///   still runs then is interrupted
  static <T> List<T> run(List<Callable<T>> work) throws IOException, InterruptedException {
    ExecutorService threads =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("oriel/frontend/", 0).factory());
    try {
      List<Future<T>> running = new ArrayList<>();
      for (Callable<T> one : work) {
        running.add(threads.submit(one));
      }
      List<T> results = new ArrayList<>();
      for (Future<T> one : running) {
        results.add(one.get());
      }
      return results;
    } catch (ExecutionException e) {
      throw cause(e);
    } finally {
      threads.shutdownNow();
    }
  }

  private static RuntimeException cause(ExecutionException e) throws IOException {
    return switch (e.getCause()) {
      case IOException io -> throw io;
      case RuntimeException unchecked -> unchecked;
      case null, default -> new OrielException(Kind.CANCELLED, "broken off", e);
    };
  }
}
