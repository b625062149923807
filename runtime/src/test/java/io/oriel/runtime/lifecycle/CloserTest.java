package io.oriel.runtime.lifecycle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CloserTest {
  @Test
  void closesLastFirstAndAllDespiteFailures() {
    List<String> closed = new ArrayList<>();
    Closer closer = new Closer();
    closer.push(() -> closed.add("a"));
    closer.push(
        () -> {
          closed.add("b");
          throw new IllegalStateException("b");
        });
    closer.push(
        () -> {
          closed.add("c");
          throw new java.io.IOException("c");
        });

    IllegalStateException failed = assertThrows(IllegalStateException.class, closer::close);

    assertEquals(List.of("c", "b", "a"), closed);
    assertEquals("cannot close: c", failed.getMessage());
    assertEquals("b", failed.getSuppressed()[0].getMessage());
    closer.close();
    assertEquals(3, closed.size());
  }

  @Test
  void whatComesTooLateIsClosedAtOnce() {
    List<String> closed = new ArrayList<>();
    Closer closer = new Closer();
    closer.close();

    assertThrows(IllegalStateException.class, () -> closer.push(() -> closed.add("late")));
    assertEquals(List.of("late"), closed);
  }
}
