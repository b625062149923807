package io.oriel.federation.bucket;

/// An object as a listing shows it.
///
/// @param name from the root of the bucket; ends with a slash when it stands for a directory
/// @param sizeBytes zero for a directory
/// @param modifiedMillis when it was uploaded, Unix milliseconds; zero for a directory
public record ObjectEntry(String name, long sizeBytes, long modifiedMillis) {
  /// The directory of this name, which ends with a slash.
  public static ObjectEntry directory(String name) {
    return new ObjectEntry(name, 0, 0);
  }

  public boolean isDirectory() {
    return name.endsWith("/");
  }

  /// The last segment, without a slash.
  public String lastSegment() {
    String whole = isDirectory() ? name.substring(0, name.length() - 1) : name;
    return whole.substring(whole.lastIndexOf('/') + 1);
  }
}
