package io.oriel.model.error;

/// Stored bytes that are not what was written: names the file, the offset, and what was got and
/// wanted there.
public final class CorruptionException extends OrielException {
  private static final long serialVersionUID = 1L;

  private final String file;
  private final long offset;

  /// @param offset in bytes from the start of {@code file}, or -1 when unknown
  public CorruptionException(String file, long offset, String problem) {
    super(Kind.CORRUPT, file + (offset < 0 ? "" : " at offset " + offset) + ": " + problem);
    this.file = file;
    this.offset = offset;
  }

  /// The damaged file.
  public String file() {
    return file;
  }

  /// Where in the file, in bytes; -1 when unknown.
  public long offset() {
    return offset;
  }
}
