package io.oriel.gateway.identity;

import io.oriel.gateway.pki.CertificateWish;
import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// The clusters that may come in. Immutable.
public final class KnownClusters {
  private static final String PREFIX = CertificateWish.identity("");
  private static final int URI_NAME = 6;

  /** A cluster's number: `dev-01` is of the environment `dev`. */
  private static final Pattern NUMBER = Pattern.compile("-[0-9]+$");

  private final Map<String, String> environments;

  /// @param environments by cluster; empty for every cluster that has a certificate, its
  ///   environment being its name without the number at its end
  public KnownClusters(Map<String, String> environments) {
    this.environments = Map.copyOf(environments);
  }

  /// Who shows {@code certificate}, which must have been verified.
  ///
  /// @throws OrielException of kind FORBIDDEN when it names no cluster, several, or one that is not
  ///   known
  public ClusterIdentity of(X509Certificate certificate) {
    String subject = certificate.getSubjectX500Principal().getName();
    List<String> named = clusters(certificate);
    if (named.size() != 1) {
      throw new OrielException(
          Kind.FORBIDDEN,
          "certificate " + subject + ": got " + named.size() + " cluster names in it, want one");
    }
    String cluster = named.getFirst();
    String environment = environments.get(cluster);
    if (environment == null) {
      if (!environments.isEmpty()) {
        throw new OrielException(Kind.FORBIDDEN, "cluster " + cluster + " is not known here");
      }
      environment = NUMBER.matcher(cluster).replaceFirst("");
    }
    return new ClusterIdentity(
        cluster, environment, subject, certificate.getSerialNumber().toString(16));
  }

  /// The names of those that are listed; empty when every one is let in.
  public Set<String> names() {
    return environments.keySet();
  }

  private static List<String> clusters(X509Certificate certificate) {
    try {
      Collection<List<?>> names = certificate.getSubjectAlternativeNames();
      List<String> clusters = new ArrayList<>();
      for (List<?> name : names == null ? List.<List<?>>of() : names) {
        if (name.get(0).equals(URI_NAME)
            && name.get(1) instanceof String uri
            && uri.startsWith(PREFIX)) {
          clusters.add(uri.substring(PREFIX.length()));
        }
      }
      return clusters;
    } catch (CertificateParsingException e) {
      throw new OrielException(
          Kind.FORBIDDEN, "certificate with names that cannot be read: " + e.getMessage(), e);
    }
  }
}
