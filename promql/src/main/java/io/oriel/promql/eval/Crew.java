package io.oriel.promql.eval;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Lets helpers join the calling thread's work. A helper that has not started when the caller is
/// done is called off, so that a busy pool never makes a query wait.
final class Crew {
  private final Executor executor;
  private final int helpers;
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  Crew(Executor executor, int helpers) {
    this.executor = executor;
    this.helpers = helpers;
  }

  /// Runs {@code own} here and {@code help} on helpers, and waits for all that started.
  void run(Runnable help, Runnable own) {
    Mate[] crew = new Mate[helpers];
    for (int i = 0; i < helpers; i++) {
      crew[i] = new Mate(help);
      try {
        executor.execute(crew[i]);
      } catch (RejectedExecutionException _) {
        crew[i].callOff();
      }
    }
    guarded(own);
    boolean interrupted = false;
    for (Mate mate : crew) {
      interrupted |= mate.join();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    Throwable thrown = failure.get();
    if (thrown instanceof RuntimeException e) {
      throw e;
    }
    if (thrown instanceof Error e) {
      throw e;
    }
  }

  private void guarded(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException | Error e) {
      failure.compareAndSet(null, e);
    }
  }

  private final class Mate implements Runnable {
    private final Runnable work;
    private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);
    private final CountDownLatch done = new CountDownLatch(1);

    Mate(Runnable work) {
      this.work = work;
    }

    @Override
    public void run() {
      if (state.compareAndSet(State.WAITING, State.RUNNING)) {
        guarded(work);
        done.countDown();
      }
    }

    void callOff() {
      state.compareAndSet(State.WAITING, State.CALLED_OFF);
    }

    /// Waits unless it never started; whether the caller was interrupted meanwhile.
    boolean join() {
      callOff();
      boolean interrupted = false;
      while (state.get() == State.RUNNING) {
        try {
          done.await();
          return interrupted;
        } catch (InterruptedException _) {
          interrupted = true;
        }
      }
      return interrupted;
    }
  }

  private enum State {
    WAITING,
    RUNNING,
    CALLED_OFF
  }
}
