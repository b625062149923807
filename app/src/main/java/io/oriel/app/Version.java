package io.oriel.app;

import picocli.CommandLine.IVersionProvider;

/// The version of this build, from the jar's manifest.
final class Version implements IVersionProvider {
  /// The version alone; `dev` when running from classes.
  static String number() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "dev" : version;
  }

  @Override
  public String[] getVersion() {
    return new String[] {"oriel " + number() + " (java " + Runtime.version().feature() + ")"};
  }
}
