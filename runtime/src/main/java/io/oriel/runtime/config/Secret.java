package io.oriel.runtime.config;

/// Text that must not be shown: prints as `<secret>` everywhere, {@link #reveal} is the only way to
/// it.
public final class Secret {
  /** What is shown instead. */
  public static final String MASK = "<secret>";

  private static final Secret NONE = new Secret("");

  private final String text;

  private Secret(String text) {
    this.text = text;
  }

  public static Secret of(String text) {
    return text.isEmpty() ? NONE : new Secret(text);
  }

  /// No secret.
  public static Secret none() {
    return NONE;
  }

  public boolean isEmpty() {
    return text.isEmpty();
  }

  /// The text itself, for use at the moment it is sent.
  public String reveal() {
    return text;
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Secret other && text.equals(other.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return isEmpty() ? "" : MASK;
  }
}
