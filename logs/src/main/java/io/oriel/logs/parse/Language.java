package io.oriel.logs.parse;

import com.google.re2j.Pattern;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// How a language prints stack traces, as a small automaton: a line that matches a rule of the
/// present state belongs to the trace and leads to the rule's next state.
public enum Language {
  JAVA(
      "start /(Exception|Error|Throwable|V8 errors stack trace)(:|\\s|$)/ trace",
      "start /^\\s*Exception in thread /  trace",
      "trace /^[\\t ]+(eval )?at / trace",
      "trace /^[\\t ]+- (locked|waiting|eliminated|parking)/ trace",
      "trace /^[\\t ]*(Caused by|Suppressed|Wrapped by):?/ trace",
      "trace /^[\\t ]*\\.\\.\\. \\d+ (more|common frames omitted)/ trace",
      "trace /^[\\t ]*--- End of inner exception/ trace",
      "trace /^\\s*nested exception is:/ trace",
      "trace /^([\\w$]+\\.)+[\\w$]*(Exception|Error)\\b/ trace"),
  PYTHON(
      "start /^\\s*Traceback \\(most recent call last\\):/ frame",
      "frame /^[\\t ]+/ frame",
      "frame /^[\\w.]+(:|$)/ ended",
      "ended /^$/ between",
      "between /^(During handling of the above|The above exception was)/ chained",
      "chained /^$/ chained",
      "chained /^Traceback \\(most recent call last\\):/ frame"),
  GO(
      "start /^(panic: |fatal error: |http: panic serving |runtime: )/ panic",
      "start /^goroutine \\d+ \\[/ frame",
      "panic /^(\\[signal |\\s+panic: |\\t)/ panic",
      "panic /^$/ panic",
      "panic /^goroutine \\d+ \\[/ frame",
      "frame /^$/ gap",
      "frame /^created by / file",
      "frame /^([\\w.\\/$%~-]+\\.)+[\\w.(){}*\\[\\]-]+\\(/ file",
      "frame /^\\t/ frame",
      "frame /^(exit status|rax|rbx|rcx|r\\d+|\\.\\.\\.)/ frame",
      "file /^[\\t ]+/ frame",
      "gap /^goroutine \\d+ \\[/ frame",
      "gap /^exit status/ gap"),
  RUBY(
      "start /^.+:\\d+:in .+: .+ \\(.*(Error|Exception|Interrupt).*\\)/ trace",
      "start /(Error|Exception)( \\(.*\\))?:/ trace",
      "trace /^\\s+(from )?.+:\\d+:in / trace",
      "trace /^\\s+\\d+: from .+:\\d+:in / trace",
      "trace /^$/ trace",
      "trace /^\\S.+\\.rb:\\d+:in / trace");

  @SuppressWarnings("ImmutableEnumChecker") // an immutable list of immutable records
  private final List<Rule> rules;

  record Rule(String state, Pattern pattern, String next) {}

  Language(String... rules) {
    this.rules =
        List.of(rules).stream()
            .map(
                text -> {
                  int open = text.indexOf('/');
                  int close = text.lastIndexOf('/');
                  return new Rule(
                      text.substring(0, open).strip(),
                      Pattern.compile(text.substring(open + 1, close)),
                      text.substring(close + 1).strip());
                })
            .toList();
  }

  /// The state after {@code line} in {@code state}; empty when the line does not belong there.
  Optional<String> next(String state, String line) {
    for (Rule rule : rules) {
      if (rule.state.equals(state) && rule.pattern.matcher(line).find()) {
        return Optional.of(rule.next);
      }
    }
    return Optional.empty();
  }

  /// The language called {@code word}, in lower case.
  public static Optional<Language> ofWord(String word) {
    for (Language language : values()) {
      if (language.name().toLowerCase(Locale.ROOT).equals(word)) {
        return Optional.of(language);
      }
    }
    return Optional.empty();
  }
}
