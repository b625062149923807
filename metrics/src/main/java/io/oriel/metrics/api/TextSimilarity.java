package io.oriel.metrics.api;

/// How much a term and a text have in common, from 0 to 1. Counted in characters, not in code
/// units; the numbers are upstream's (`util/strutil`).
final class TextSimilarity {
  /** Keeps what is not equal below 1. */
  private static final double NOT_EQUAL = 0.999;

  private static final double LEAST_PART = 0.1;
  private static final int LONGEST_PREFIX = 4;
  private static final double PREFIX_WEIGHT = 0.1;

  private TextSimilarity() {}

  private static int length(String text) {
    return text.codePointCount(0, text.length());
  }

  /// Zero when {@code term} is no part of {@code text}; the more the earlier it begins.
  static double part(String term, String text) {
    int at = text.indexOf(term);
    if (at < 0) {
      return 0;
    }
    int latest = length(text) - length(term);
    return at == 0 ? 1 : 1 - (1 - LEAST_PART) * text.codePointCount(0, at) / latest;
  }

  /// Zero unless the characters of {@code term} come in {@code text} in order. Runs of them count
  /// by the square of their length, gaps and what is left over count against it.
  static double subsequence(String term, String text) {
    if (term.equals(text)) {
      return 1;
    }
    int[] wanted = term.codePoints().toArray();
    int[] given = text.codePoints().toArray();
    double best = -1;
    for (int start = 0; start <= given.length - wanted.length; start++) {
      if (given[start] != wanted[0]) {
        continue;
      }
      double score = from(start, wanted, given);
      if (Double.isNaN(score)) {
        break;
      }
      best = Math.max(best, score);
    }
    return best < 0 ? 0 : best / ((double) wanted.length * wanted.length) * NOT_EQUAL;
  }

  /// The score of the match that begins at {@code start}; NaN when there is none.
  private static double from(int start, int[] wanted, int[] given) {
    double score = 0;
    int found = 0;
    int end = 0;
    int at = start;
    while (found < wanted.length) {
      int gap = at;
      while (at < given.length && given[at] != wanted[found]) {
        at++;
      }
      if (at == given.length) {
        return Double.NaN;
      }
      int skipped = found == 0 ? at : at - gap;
      int run = at;
      while (at < given.length && found < wanted.length && given[at] == wanted[found]) {
        at++;
        found++;
      }
      double length = at - (double) run;
      score += length * length - (double) skipped / given.length;
      end = at;
    }
    return score - 0.5 * (given.length - end) / given.length;
  }

  /// The measure of Jaro, and Winkler's bonus for a common beginning.
  static double jaroWinkler(String term, String text) {
    if (term.equals(text)) {
      return 1;
    }
    int[] a = term.codePoints().toArray();
    int[] b = text.codePoints().toArray();
    int[] shorter = a.length <= b.length ? a : b;
    int[] longer = a.length <= b.length ? b : a;
    double jaro = jaro(shorter, longer);
    int prefix = 0;
    while (prefix < Math.min(LONGEST_PREFIX, shorter.length) && a[prefix] == b[prefix]) {
      prefix++;
    }
    return jaro + prefix * PREFIX_WEIGHT * (1 - jaro);
  }

  private static double jaro(int[] shorter, int[] longer) {
    int reach = Math.max(longer.length / 2 - 1, 0);
    int[] partners = new int[shorter.length];
    boolean[] taken = new boolean[longer.length];
    int matches = 0;
    for (int i = 0; i < shorter.length; i++) {
      partners[i] = -1;
      int end = Math.min(i + reach + 1, longer.length);
      for (int k = Math.max(i - reach, 0); k < end && partners[i] < 0; k++) {
        if (!taken[k] && shorter[i] == longer[k]) {
          partners[i] = k;
          taken[k] = true;
          matches++;
        }
      }
    }
    if (matches == 0) {
      return 0;
    }
    int swapped = 0;
    int k = 0;
    for (int i = 0; i < shorter.length; i++) {
      if (partners[i] >= 0) {
        while (!taken[k]) {
          k++;
        }
        swapped += shorter[i] == longer[k++] ? 0 : 1;
      }
    }
    double same = (matches - 0.5 * swapped) / matches;
    return ((double) matches / shorter.length + (double) matches / longer.length + same) / 3;
  }
}
