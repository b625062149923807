package io.oriel.alerting.template;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.testkit.Seed;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GoTemplateTest {
  private static final Map<String, Object> DATA =
      Map.of(
          "Labels",
          Map.of("job", "node", "instance", "h:1"),
          "Value",
          1234.5678,
          "List",
          List.of("a", "b", "c"),
          "N",
          3L,
          "Empty",
          Map.of());

  private static String render(String text) {
    return GoTemplate.parse("t", text, Map.of()).execute(DATA);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '§',
      value = {
        "plain § plain",
        "{{ .Labels.job }} § node",
        "{{.Labels.missing}}! § !",
        "{{.Missing}} § <no value>",
        "{{ .Value }} § 1234.5678",
        "{{ printf \"%.2f\" .Value }} § 1234.57",
        "{{ printf \"%6.1f|%-6d|%06d\" .Value 42 -42 }} § 1234.6|42    |-00042",
        "{{ .Value | printf \"%.3g\" }} § 1.23e+03",
        "{{ printf \"%v %q %x\" .N \"a\\\"b\" \"hi\" }} § 3 \"a\\\"b\" 6869",
        "{{ printf \"%d\" \"x\" }} § %!d(string=x)",
        "{{ printf \"%s\" }} § %!s(MISSING)",
        "{{ if eq .Labels.job \"node\" }}y{{ else }}n{{ end }} § y",
        "{{ if .Empty }}y{{ else if gt .N 2 }}m{{ else }}n{{ end }} § m",
        "{{ with .Labels.job -}}  [{{ . }}]{{- end }} § [node]",
        "{{ with .Labels.nope }}x{{ else with .N }}{{ . }}{{ end }} § 3",
        "{{ range $i, $x := .List }}{{ $i }}={{ $x }};{{ end }} § 0=a;1=b;2=c;",
        "{{ range .List }}{{ if eq . \"b\" }}{{ continue }}{{ end }}{{ . }}{{ end }} § ac",
        "{{ range .List }}{{ if eq . \"b\" }}{{ break }}{{ end }}{{ . }}{{ end }} § a",
        "{{ range $k, $v := .Labels }}{{ $k }}:{{ $v }} {{ end }}. § instance:h:1 job:node .",
        "{{ range .Empty }}x{{ else }}none{{ end }} § none",
        "{{ range 3 }}{{ . }}{{ end }} § 012",
        "{{ $x := 1 }}{{ if true }}{{ $x = 2 }}{{ end }}{{ $x }} § 2",
        "{{ $x := 1 }}{{ if true }}{{ $x := 2 }}{{ end }}{{ $x }} § 1",
        "{{ define \"d\" }}<{{ . }}>{{ end }}{{ template \"d\" .N }} § <3>",
        "{{ block \"b\" .List }}{{ len . }}{{ end }} § 3",
        "{{ index .List 1 }}{{ index .Labels \"job\" }} § bnode",
        "{{ slice \"abcdef\" 1 3 }} § bc",
        "{{ and 1 0 2 }}{{ or 0 \"\" \"z\" }}{{ not true }} § 0zfalse",
        "{{ (index .List 0) | print \"x\" 1 2 }} § x1 2a",
        "{{ html \"<a&b>\" }} {{ urlquery \"a b&c\" }} § &lt;a&amp;b&gt; a+b%26c",
        "{{/* comment */}}a {{- /* trimmed */ -}} b § ab",
        "{{ `raw \\n` }}{{ 'a' }}{{ 0x10 }}{{ 1e3 }} § raw \\n97161000",
        "{{ eq .N 1 2 3 }} {{ lt 1.5 2.5 }} {{ ne \"a\" \"b\" }} § true true true",
        "{{ println 1 2 }} § 1 2\n",
        "{{ .List }} {{ .Labels }} § [a b c] map[instance:h:1 job:node]",
      })
  void rendersAsGo(String template, String expected) {
    assertEquals(expected, render(template).stripTrailing());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '§',
      value = {
        "{{ § template: t:1: unclosed action",
        "{{ if true }}x § template: t:1: unexpected EOF, want {{end}}",
        "{{ end }} § template: t:1: unexpected {{end}}",
        "{{ nope }} § template: t:1: function \"nope\" not defined",
        "{{ $x }} § template: t:1: undefined variable \"$x\"",
        "{{ \"a }} § template: t:1: unterminated quoted string",
        "{{ break }} § template: t:1: {{break}} outside {{range}}",
        "{{ .Value.x }} § template: t:1: executing \"t\": can't evaluate field x in type float64",
        "{{ len 3 }} § template: t:1: executing \"t\": error calling len: len of type int",
        "{{ template \"x\" }} § template: t:1: executing \"t\": template \"x\" not defined",
        "{{ index .List 9 }} § template: t:1: executing \"t\": error calling index: index out of range: 9",
        "{{ 1 2 }} § template: t:1: executing \"t\": can't give argument to non-function",
      })
  void refusesByNameAndLine(String template, String message) {
    assertEquals(message, assertThrows(TemplateException.class, () -> render(template)).reason());
  }

  @Test
  void bombsHaveBounds() {
    String loops = "{{ range 1000000 }}{{ range 1000000 }}x{{ end }}{{ end }}";
    String recursion = "{{ define \"r\" }}{{ template \"r\" }}{{ end }}{{ template \"r\" }}";
    String deep = "{{ if true }}".repeat(5000) + "{{ end }}".repeat(5000);
    String brackets = "{{ " + "(".repeat(5000) + "1" + ")".repeat(5000) + " }}";

    for (String bomb : List.of(loops, recursion, deep, brackets)) {
      assertThrows(TemplateException.class, () -> render(bomb));
    }
  }

  @Test
  void anyTextParsesOrIsRefused() {
    String[] pieces = {
      "{{", "}}", "{{-", "-}}", " ", "if", "end", "else", "range", "with", "define", "\"d\"", "$x",
      ":=", "=", ".", ".A", "|", "(", ")", "1", "-1", "'a'", "`r`", "/*", "*/", "nil", "print", ",",
      "\n", "text", "break", "\\", "\u00e9"
    };
    SplittableRandom random = Seed.random("template");
    int accepted = 0;
    for (int i = 0; i < Seed.iterations(20_000); i++) {
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(12); n >= 0; n--) {
        text.append(pieces[random.nextInt(pieces.length)]);
      }
      try {
        render(text.toString());
        accepted++;
      } catch (TemplateException expected) {
        assertTrue(expected.reason().startsWith("template: t:"), Seed.replay(i));
      }
    }
    assertTrue(accepted > 0);
  }
}
