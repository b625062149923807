package io.oriel.model.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.model.error.OrielException;
import java.util.List;
import org.junit.jupiter.api.Test;

class TraceIdTest {
  @Test
  void isReadFromAnyNumberOfDigits() {
    assertEquals(new TraceId(0, 0xab), TraceId.ofHex("ab"));
    assertEquals(new TraceId(1, -1), TraceId.ofHex("1FfFfffffffffffff"));
    assertEquals("0000000000000001ffffffffffffffff", new TraceId(1, -1).hex());
    assertFalse(TraceId.ofHex("0").isValid());
  }

  @Test
  void refusesWhatIsNone() {
    for (String text : List.of("", "xyz", "+1", "1".repeat(33), "12 4")) {
      assertThrows(OrielException.class, () -> TraceId.ofHex(text), text);
    }
  }

  @Test
  void isOrderedAsItsBytes() {
    assertTrue(new TraceId(0, -1).compareTo(new TraceId(1, 0)) < 0);
    assertTrue(new TraceId(0, 1).compareTo(new TraceId(0, -1)) < 0);
    assertTrue(new TraceId(-1, 0).compareTo(new TraceId(1, 0)) > 0);
  }
}
