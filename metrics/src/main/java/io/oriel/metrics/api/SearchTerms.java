package io.oriel.metrics.api;

import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Quoted;
import java.util.List;
import java.util.Locale;

/// Which texts match a search, and how well: those that match any of its terms, as well as the best
/// one says. Immutable.
final class SearchTerms {
  /** The score of a text that does not match. */
  static final double NONE = -1;

  /// How a term may differ from what it finds.
  enum Algorithm {
    /** Its characters come in order, with others between them. */
    SUBSEQUENCE,
    /** It is a part, or similar by Jaro and Winkler's measure. */
    JARO_WINKLER;

    static Algorithm of(String name) {
      return switch (name) {
        case "", "subsequence" -> SUBSEQUENCE;
        case "jarowinkler" -> JARO_WINKLER;
        default ->
            throw OrielException.invalid(
                "unsupported fuzz_alg "
                    + Quoted.of(name)
                    + ": must be one of [subsequence jarowinkler]");
      };
    }
  }

  /// How letters are compared.
  enum Letters {
    AS_GIVEN,
    LOWER_CASE
  }

  private final List<String> terms;
  private final Algorithm algorithm;
  private final double threshold;
  private final Letters letters;

  private SearchTerms(List<String> terms, Algorithm algorithm, double threshold, Letters letters) {
    this.terms = terms;
    this.algorithm = algorithm;
    this.threshold = threshold;
    this.letters = letters;
  }

  /// @param terms empty ones are passed over; when there are no others, everything matches
  /// @param threshold 0 to 1, the least score of a match that is not exact
  static SearchTerms of(
      List<String> terms, Algorithm algorithm, double threshold, Letters letters) {
    return new SearchTerms(
        terms.stream()
            .filter(term -> !term.isEmpty())
            .map(term -> letters == Letters.LOWER_CASE ? term.toLowerCase(Locale.ROOT) : term)
            .toList(),
        algorithm,
        threshold,
        letters);
  }

  /// How well {@code text} matches, up to 1; {@link #NONE} when it does not.
  double score(String text) {
    if (terms.isEmpty()) {
      return 1;
    }
    String value = letters == Letters.LOWER_CASE ? text.toLowerCase(Locale.ROOT) : text;
    double best = NONE;
    for (String term : terms) {
      best = Math.max(best, score(term, value));
    }
    return best;
  }

  private double score(String term, String text) {
    return switch (algorithm) {
      case SUBSEQUENCE -> {
        double score = text.startsWith(term) ? 1 : TextSimilarity.subsequence(term, text);
        yield score > 0 && score >= threshold ? score : NONE;
      }
      case JARO_WINKLER -> {
        double score = TextSimilarity.part(term, text);
        if (score == 0 && threshold > 0) {
          score = TextSimilarity.jaroWinkler(term, text);
          yield score >= threshold ? score : NONE;
        }
        yield score > 0 ? score : NONE;
      }
    };
  }
}
