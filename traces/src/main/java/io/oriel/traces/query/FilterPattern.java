package io.oriel.traces.query;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.oriel.model.error.OrielException;
import io.oriel.model.labels.Quoted;

/// A regular expression that means the same in RE2, which filters are written in, and in Lucene.
///
/// RE2 finds it anywhere in a value; Lucene matches whole values, so it is put between `.*`. What
/// only one of them knows is refused: anchors, Perl's classes, lazy quantifiers, flags.
///
/// @param lucene for the whole value
record FilterPattern(String lucene) {
  private static final int MAX_LENGTH = 900;

  static FilterPattern of(String re2, String at) {
    if (re2.length() > MAX_LENGTH) {
      throw OrielException.invalid(
          at + ": pattern of " + re2.length() + " characters, want at most " + MAX_LENGTH);
    }
    try {
      Pattern.compile(re2);
    } catch (PatternSyntaxException e) {
      throw OrielException.invalid(at + ": pattern " + Quoted.of(re2) + ": " + e.getDescription());
    }
    return new FilterPattern(".*(" + translated(re2, at) + ").*");
  }

  private static String translated(String re2, String at) {
    StringBuilder lucene = new StringBuilder(re2.length() + 8);
    boolean inClass = false;
    for (int i = 0; i < re2.length(); i++) {
      char c = re2.charAt(i);
      char next = i + 1 < re2.length() ? re2.charAt(i + 1) : '\0';
      if (c == '\\') {
        if (Character.isLetterOrDigit(next)) {
          throw unserved(re2, at, "\\" + next, "write the characters out, as in [0-9]");
        }
        lucene.append(c).append(next);
        i++;
        continue;
      }
      if (inClass) {
        if (c == '[' && next == ':') {
          throw unserved(re2, at, "[:", "write the characters out");
        }
        inClass = c != ']' || re2.charAt(i - 1) == '[';
      } else if (c == '[') {
        inClass = true;
      } else {
        refuse(re2, at, i);
      }
      // Lucene takes quoted text literally whatever the flags
      lucene.append(c == '"' ? "\\\"" : String.valueOf(c));
    }
    return lucene.toString();
  }

  private static void refuse(String re2, String at, int i) {
    char c = re2.charAt(i);
    char next = i + 1 < re2.length() ? re2.charAt(i + 1) : '\0';
    if (c == '^' || c == '$') {
      throw unserved(re2, at, String.valueOf(c), "a pattern is found anywhere in the value");
    }
    if (c == '(' && next == '?') {
      throw unserved(re2, at, "(?", "write a plain group");
    }
    if (next == '?' && (c == '*' || c == '+' || c == '?' || c == '}')) {
      throw unserved(re2, at, c + "?", "a filter only asks whether there is a match");
    }
  }

  private static OrielException unserved(String re2, String at, String what, String instead) {
    return OrielException.invalid(
        at + ": pattern " + Quoted.of(re2) + ": " + Quoted.of(what) + " is not served; " + instead);
  }
}
