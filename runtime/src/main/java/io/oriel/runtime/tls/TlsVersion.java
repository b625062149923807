package io.oriel.runtime.tls;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Protocol versions, named as Prometheus' `min_version` names them.
public enum TlsVersion {
  TLS10("TLSv1"),
  TLS11("TLSv1.1"),
  TLS12("TLSv1.2"),
  TLS13("TLSv1.3");

  private final String protocol;

  TlsVersion(String protocol) {
    this.protocol = protocol;
  }

  /// The versions by their config word.
  public static Map<String, TlsVersion> words() {
    Map<String, TlsVersion> words = new LinkedHashMap<>();
    for (TlsVersion version : values()) {
      words.put(version.name(), version);
    }
    return words;
  }

  /// JSSE's names of the versions from {@code min} to {@code max}, both inclusive.
  public static List<String> protocols(TlsVersion min, TlsVersion max) {
    List<String> protocols = new ArrayList<>();
    for (TlsVersion version : values()) {
      if (version.compareTo(min) >= 0 && version.compareTo(max) <= 0) {
        protocols.add(version.protocol);
      }
    }
    return protocols;
  }
}
