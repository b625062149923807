package io.oriel.app.process;

/// The version of this build, from the jar's manifest.
public final class BuildVersion {
  private BuildVersion() {}

  /// Such as `1.2.3`; `dev` when running from classes.
  public static String number() {
    String version = BuildVersion.class.getPackage().getImplementationVersion();
    return version == null ? "dev" : version;
  }
}
