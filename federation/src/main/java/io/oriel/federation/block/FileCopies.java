package io.oriel.federation.block;

import io.oriel.model.error.OrielException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/// Copies the files of a block, several at once.
final class FileCopies {
  private FileCopies() {}

  /// Copies one file.
  interface Copy<T> {
    void of(T file) throws IOException;
  }

  /// Copies all {@code files}; the first failure is thrown once those under way are done, and the
  /// rest is not begun.
  static <T> void each(Collection<T> files, int atOnce, Copy<T> copy) throws IOException {
    if (atOnce <= 1) {
      for (T file : files) {
        copy.of(file);
      }
      return;
    }
    List<Future<Void>> copies = new ArrayList<>();
    try (ExecutorService threads =
        Executors.newFixedThreadPool(
            atOnce, Thread.ofVirtual().name("oriel/bucket/file").factory())) {
      for (T file : files) {
        copies.add(
            threads.submit(
                () -> {
                  copy.of(file);
                  return null;
                }));
      }
      try {
        for (Future<Void> one : copies) {
          one.get();
        }
      } catch (ExecutionException e) {
        threads.shutdownNow();
        throw failure(e.getCause());
      } catch (InterruptedException e) {
        threads.shutdownNow();
        Thread.currentThread().interrupt();
        throw new IOException("copying a block: interrupted", e);
      }
    }
  }

  private static RuntimeException failure(@Nullable Throwable cause) throws IOException {
    if (cause instanceof IOException e) {
      throw e;
    }
    return cause instanceof RuntimeException e ? e : OrielException.bug("copy: " + cause);
  }
}
