package io.oriel.gateway.pki;

import io.oriel.model.error.Kind;
import io.oriel.model.error.OrielException;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// A certificate that was issued, as the root remembers it: one line of `issued.tsv`.
///
/// @param notAfter the end of its validity
/// @param revoked when it was revoked, if it was
public record Issued(
    CertificateWish wish,
    BigInteger serial,
    Instant notBefore,
    Instant notAfter,
    Optional<Instant> revoked) {
  private static final int FIELDS = 7;

  /// Whether it is time to replace it: two thirds of its life are over.
  public boolean isDue(Instant now) {
    Duration life = Duration.between(notBefore, notAfter);
    return !now.isBefore(notBefore.plus(life.multipliedBy(2).dividedBy(3)));
  }

  Issued revokedAt(Instant when) {
    return new Issued(wish, serial, notBefore, notAfter, Optional.of(when));
  }

  String line() {
    return String.join(
        "\t",
        wish.name(),
        serial.toString(16),
        wish.cluster(),
        String.join(",", wish.hosts()),
        notBefore.toString(),
        notAfter.toString(),
        revoked.map(Instant::toString).orElse("-"));
  }

  /// @param file for the message
  static Issued parse(String line, String file) {
    String[] fields = line.split("\t", -1);
    if (fields.length != FIELDS) {
      throw new OrielException(
          Kind.CORRUPT, file + ": got " + fields.length + " fields, want " + FIELDS);
    }
    try {
      Instant from = Instant.parse(fields[4]);
      Instant to = Instant.parse(fields[5]);
      List<String> hosts =
          fields[3].isEmpty() ? List.of() : Arrays.asList(fields[3].split(",", -1));
      return new Issued(
          new CertificateWish(fields[0], fields[2], hosts, Duration.between(from, to)),
          new BigInteger(fields[1], 16),
          from,
          to,
          fields[6].equals("-") ? Optional.empty() : Optional.of(Instant.parse(fields[6])));
    } catch (DateTimeException | NumberFormatException e) {
      throw new OrielException(Kind.CORRUPT, file + ": " + e.getMessage(), e);
    }
  }
}
