package io.oriel.logs.enrich;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import io.oriel.logs.parse.LogEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;

/// Blacks out secrets in messages. Thread-safe.
///
/// Each kind has a word that every occurrence contains; only a message with that word is looked at
/// with the pattern, so a message without any costs one pass per kind and no regular expression.
public final class Redaction {
  private static final String BLACK = "<redacted>";

  private final List<Kind> kinds;
  private final boolean cards;
  private final LongAdder redacted = new LongAdder();

  private record Kind(List<String> words, Pattern pattern, String replacement) {
    static Kind of(String words, String pattern, String replacement) {
      return new Kind(List.of(words.split(" ")), Pattern.compile(pattern), replacement);
    }
  }

  private static final List<Kind> STANDARD =
      List.of(
          Kind.of(
              "-----BEGIN",
              "(?s)-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----.*?(-----END [A-Z0-9 ]*PRIVATE KEY-----|$)",
              BLACK),
          Kind.of("eyJ", "\\beyJ[A-Za-z0-9_-]{5,}\\.eyJ[A-Za-z0-9_-]{5,}\\.[A-Za-z0-9_-]*", BLACK),
          Kind.of(
              "earer asic", "(?i)\\b(bearer|basic)(\\s+)[A-Za-z0-9._~+/=-]{8,}", "$1$2" + BLACK),
          Kind.of("AKIA ASIA", "\\b(AKIA|ASIA)[A-Z0-9]{16}\\b", BLACK),
          Kind.of(
              "ecret ECRET",
              "(?i)\\b(aws_?secret_?access_?key|client_?secret|secret_?key)(\"?\\s*[=:]\\s*\"?)[^\\s\"',;&]{6,}",
              "$1$2" + BLACK),
          Kind.of(
              "://", "\\b([a-zA-Z][a-zA-Z0-9+.-]*://[^\\s:/@]*:)[^\\s@/]+@", "$1" + BLACK + "@"),
          Kind.of(
              "assw ASSW pwd oken OKEN pi_key pikey PI_KEY",
              "(?i)\\b(passwords?|passwd|pwd|access_?token|auth_?token|refresh_?token|api_?key)"
                  + "(\"?\\s*[=:]\\s*\"?)[^\\s\"',;&]{3,}",
              "$1$2" + BLACK),
          Kind.of(
              "gh glpat- xox",
              "\\b(gh[pousr]_[A-Za-z0-9]{36,}|glpat-[A-Za-z0-9_-]{20,}|xox[abprs]-[A-Za-z0-9-]{10,})",
              BLACK));

  private static final Pattern CARD = Pattern.compile("\\b\\d(?:[ -]?\\d){12,18}\\b");

  private Redaction(List<Kind> kinds, boolean cards) {
    this.kinds = kinds;
    this.cards = cards;
  }

  /// The secrets that everybody has, and {@code more} of one's own.
  ///
  /// @param cards whether numbers that pass as card numbers (Luhn) are secrets too
  public static Redaction of(List<Pattern> more, boolean cards) {
    List<Kind> kinds = new ArrayList<>(STANDARD);
    more.forEach(pattern -> kinds.add(new Kind(List.of(), pattern, BLACK)));
    return new Redaction(List.copyOf(kinds), cards);
  }

  /// As a processor on {@code fields}.
  public Processor on(List<String> fields) {
    List<String> all = List.copyOf(fields);
    return Processor.of(
        "redact",
        false,
        event -> {
          all.forEach(field -> redact(event, field));
          return true;
        });
  }

  private void redact(LogEvent event, String field) {
    if (event.field(field) instanceof String text) {
      String clean = clean(text);
      if (!clean.equals(text)) {
        event.field(field, clean);
        redacted.increment();
      }
    }
  }

  /// How many texts had a secret.
  public long redacted() {
    return redacted.sum();
  }

  /// {@code text} without its secrets.
  public String clean(String text) {
    String clean = text;
    for (Kind kind : kinds) {
      if (kind.words.isEmpty() || kind.words.stream().anyMatch(clean::contains)) {
        clean = kind.pattern.matcher(clean).replaceAll(kind.replacement);
      }
    }
    return cards ? withoutCards(clean) : clean;
  }

  private static String withoutCards(String text) {
    Matcher matcher = CARD.matcher(text);
    StringBuilder out = new StringBuilder();
    int from = 0;
    while (matcher.find()) {
      if (isCard(matcher.group())) {
        out.append(text, from, matcher.start()).append(BLACK);
        from = matcher.end();
      }
    }
    return from == 0 ? text : out.append(text, from, text.length()).toString();
  }

  private static boolean isCard(String number) {
    String digits = number.replaceAll("[ -]", "");
    int sum = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = digits.charAt(digits.length() - 1 - i) - '0';
      int doubled = 2 * digit;
      sum += i % 2 == 0 ? digit : doubled > 9 ? doubled - 9 : doubled;
    }
    return sum % 10 == 0 && digits.chars().distinct().count() > 1;
  }

  @Override
  public String toString() {
    return "redaction of %d kinds".formatted(kinds.size()).toLowerCase(Locale.ROOT);
  }
}
