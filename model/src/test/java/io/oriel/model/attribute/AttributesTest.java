package io.oriel.model.attribute;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class AttributesTest {
  private final Attributes some =
      Attributes.builder().add("a", "1").add("b", AttributeValue.of(2)).add("a", "3").build();

  @Test
  void findsTheFirstOfAName() {
    assertEquals("1", some.text("a"));
    assertEquals(Optional.of(AttributeValue.of(2)), some.get("b"));
    assertEquals("", some.text("b"));
    assertEquals(Optional.empty(), some.get("c"));
  }

  @Test
  void settingANameLeavesOneOfIt() {
    Attributes set = some.with("a", AttributeValue.of("x"));

    assertEquals(Attributes.builder().add("a", "x").add("b", AttributeValue.of(2)).build(), set);
    assertEquals(3, set.with("c", AttributeValue.of(true)).size());
    assertEquals(1, some.without("a").size());
  }

  @Test
  void bytesAreEqualByContent() {
    assertEquals(AttributeValue.of(new byte[] {1}), AttributeValue.of(new byte[] {1}));
    assertNotEquals(AttributeValue.of(new byte[] {1}), AttributeValue.of(new byte[] {2}));
  }
}
