package io.oriel.model.relabel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Labels;
import io.oriel.model.labels.NameValidation;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RelabelerTest {
  private static final Labels ABC = Labels.of("a", "foo", "b", "bar", "c", "baz");

  @Test
  void replacesWithGroupsByNumberAndName() {
    assertEquals(
        Optional.of(ABC.with("d", "ch-o2-o-foo")),
        apply(replace("a", "f(o)(?P<rest>.*)", "d", "ch-${1}2-${rest}-$0"), ABC));
    assertEquals(Optional.of(ABC.with("d", "$o")), apply(replace("a", "f(o).*", "d", "$$$1"), ABC));
  }

  @Test
  void readsTheLongestGroupNameAsGoDoes() {
    assertEquals(Optional.of(ABC), apply(replace("a", "(f).*", "d", "$1x"), ABC));
  }

  @Test
  void anEmptyReplacementRemovesTheTarget() {
    assertEquals(
        Optional.of(Labels.of("b", "bar", "c", "baz")),
        apply(replace("a", "(f).*", "a", "$2"), ABC));
  }

  @Test
  void leavesLabelsAloneWhenTheWholeValueDoesNotMatch() {
    assertEquals(Optional.of(ABC), apply(replace("a", "fo", "d", "x"), ABC));
  }

  @Test
  void targetMayBeATemplate() {
    assertEquals(
        Optional.of(ABC.with("foo_total", "bar")),
        apply(replace("a;b", "(.*);(.*)", "${1}_total", "$2"), ABC));
  }

  @Test
  void theDotMatchesNewlines() {
    Labels labels = Labels.of("a", "x\ny");

    assertEquals(Optional.of(labels), apply(rule(RelabelAction.KEEP, "a", "x.y", ""), labels));
  }

  @Test
  void keepsAndDrops() {
    assertEquals(Optional.empty(), apply(rule(RelabelAction.DROP, "a", "f.*", ""), ABC));
    assertEquals(Optional.of(ABC), apply(rule(RelabelAction.DROP, "a", "f", ""), ABC));
    assertEquals(Optional.empty(), apply(rule(RelabelAction.KEEP, "a", "b.*", ""), ABC));
    Labels same = ABC.with("d", "foo");
    assertEquals(Optional.of(same), apply(rule(RelabelAction.KEEPEQUAL, "a", "(.*)", "d"), same));
    assertEquals(Optional.empty(), apply(rule(RelabelAction.DROPEQUAL, "a", "(.*)", "d"), same));
  }

  /// The value is upstream's documented hash: last eight bytes of MD5, big endian.
  @Test
  void hashesLikeEveryOtherPrometheus() {
    RelabelConfig config =
        new RelabelConfig(
            RelabelAction.HASHMOD, List.of("c"), ";", "(.*)", 1000, "d", "$1", NameValidation.UTF8);

    assertEquals(Optional.of(ABC.with("d", "976")), apply(config, ABC));
  }

  @Test
  void mapsKeepsAndDropsNames() {
    RelabelConfig map =
        new RelabelConfig(
            RelabelAction.LABELMAP,
            List.of(),
            ";",
            "meta_(.*)",
            0,
            "",
            "x_$1",
            NameValidation.UTF8);
    Labels meta = Labels.of("meta_a", "1", "b", "2");

    assertEquals(Optional.of(meta.with("x_a", "1")), apply(map, meta));
    assertEquals(
        Optional.of(Labels.of("b", "2")),
        apply(rule(RelabelAction.LABELDROP, "", "meta_.*", ""), meta));
    assertEquals(
        Optional.of(Labels.of("meta_a", "1")),
        apply(rule(RelabelAction.LABELKEEP, "", "meta_.*", ""), meta));
  }

  @Test
  void changesCaseWhateverTheMachinesLocale() {
    Labels labels = Labels.of("a", "TITLE-title");

    assertEquals(
        Optional.of(labels.with("a", "title-title")),
        apply(rule(RelabelAction.LOWERCASE, "a", "(.*)", "a"), labels));
    assertEquals(
        Optional.of(labels.with("a", "TITLE-TITLE")),
        apply(rule(RelabelAction.UPPERCASE, "a", "(.*)", "a"), labels));
  }

  @Test
  void refusesWhatUpstreamRefuses() {
    assertRefused(
        "relabel configuration for replace action requires 'target_label' value",
        RelabelAction.REPLACE,
        "");
    assertRefused(
        "relabel configuration for hashmod requires non-zero modulus", RelabelAction.HASHMOD, "a");
    assertRefused(
        "labeldrop action requires only 'regex', and no other fields",
        RelabelAction.LABELDROP,
        "a");
    OrielException legacy =
        assertThrows(
            OrielException.class,
            () ->
                new RelabelConfig(
                    RelabelAction.REPLACE,
                    List.of(),
                    ";",
                    "(.*)",
                    0,
                    "a-b",
                    "$1",
                    NameValidation.LEGACY));
    assertEquals("\"a-b\" is invalid 'target_label' for replace action", legacy.reason());
    assertEquals(
        "unknown relabel action \"nope\"",
        assertThrows(OrielException.class, () -> RelabelAction.ofWord("nope")).reason());
  }

  private static void assertRefused(String message, RelabelAction action, String target) {
    OrielException e =
        assertThrows(
            OrielException.class, () -> RelabelConfig.of(action, List.of(), "(.*)", target));
    assertEquals(message, e.reason());
  }

  private static Optional<Labels> apply(RelabelConfig config, Labels labels) {
    return Relabeler.of(List.of(config)).apply(labels);
  }

  private static RelabelConfig rule(
      RelabelAction action, String source, String regex, String target) {
    return RelabelConfig.of(
        action, source.isEmpty() ? List.of() : List.of(source.split(";")), regex, target);
  }

  private static RelabelConfig replace(
      String source, String regex, String target, String replacement) {
    return new RelabelConfig(
        RelabelAction.REPLACE,
        List.of(source.split(";")),
        ";",
        regex,
        0,
        target,
        replacement,
        NameValidation.UTF8);
  }
}
