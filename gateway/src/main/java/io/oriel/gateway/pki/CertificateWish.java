package io.oriel.gateway.pki;

import io.oriel.model.error.OrielException;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/// A certificate to be issued.
///
/// @param name of its files and its common name: letters, digits, dots, dashes
/// @param cluster the cluster it speaks for; empty for none
/// @param hosts DNS names and IP addresses it is valid for
/// @param validity how long
public record CertificateWish(String name, String cluster, List<String> hosts, Duration validity) {
  /** Long enough for a renewal to fail over a weekend. */
  public static final Duration STANDARD_VALIDITY = Duration.ofDays(7);

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");
  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9:.*_-]{1,253}");

  public CertificateWish {
    hosts = List.copyOf(hosts);
    if (!NAME.matcher(name).matches()) {
      throw OrielException.invalid(
          "certificate name \"" + name + "\": want letters, digits, . _ -");
    }
    if (!cluster.isEmpty() && !NAME.matcher(cluster).matches()) {
      throw OrielException.invalid("cluster \"" + cluster + "\": want letters, digits, . _ -");
    }
    for (String host : hosts) {
      if (!HOST.matcher(host).matches()) {
        throw OrielException.invalid("host \"" + host + "\": want a DNS name or an IP address");
      }
    }
    if (!validity.isPositive()) {
      throw OrielException.invalid("validity: got " + validity + ", want more than zero");
    }
  }

  /// Whether a certificate for this wish does for {@code other}, whatever their validity.
  boolean isFor(CertificateWish other) {
    return name.equals(other.name) && cluster.equals(other.cluster) && hosts.equals(other.hosts);
  }

  /// The URI that stands for {@code cluster} in a certificate.
  public static String identity(String cluster) {
    return "spiffe://oriel/cluster/" + cluster;
  }
}
