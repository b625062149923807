package io.oriel.federation.bucket;

import io.oriel.model.error.Kind;
import io.oriel.model.labels.Quoted;
import org.jspecify.annotations.Nullable;

/// The rules for names.
final class ObjectName {
  private static final int MOST_BYTES = 1024;

  private ObjectName() {}

  /// Refuses a name that a store could not keep, or that would lead out of the bucket.
  static void check(String operation, String bucket, String name) {
    String problem = problem(name);
    if (problem != null) {
      throw new BucketException(
          Kind.INVALID, operation, bucket, Quoted.of(name), "object name " + problem);
    }
  }

  /// The prefix that all names in {@code directory} begin with: empty, or ending with a slash.
  static String prefix(String bucket, String directory) {
    String bare =
        directory.endsWith("/") ? directory.substring(0, directory.length() - 1) : directory;
    if (bare.isEmpty()) {
      return "";
    }
    check("list", bucket, bare);
    return bare + "/";
  }

  private static @Nullable String problem(String name) {
    if (name.isEmpty()) {
      return "is empty";
    }
    if (name.length() > MOST_BYTES) {
      return "has " + name.length() + " characters, want at most " + MOST_BYTES;
    }
    if (name.indexOf('\0') >= 0 || name.indexOf('\\') >= 0) {
      return "has a NUL or a backslash";
    }
    for (String segment : name.split("/", -1)) {
      if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
        return "has a segment " + Quoted.of(segment);
      }
    }
    return null;
  }
}
