package io.oriel.app;

import io.oriel.app.process.BuildVersion;
import picocli.CommandLine.IVersionProvider;

/// What `--version` prints.
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    return new String[] {
      "oriel " + BuildVersion.number() + " (java " + Runtime.version().feature() + ")"
    };
  }
}
