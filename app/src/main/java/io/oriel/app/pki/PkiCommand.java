package io.oriel.app.pki;

import io.oriel.gateway.pki.CertificateAuthority;
import io.oriel.gateway.pki.CertificateText;
import io.oriel.gateway.pki.CertificateWish;
import io.oriel.gateway.pki.Issued;
import io.oriel.gateway.pki.Pki;
import io.oriel.gateway.pki.Trust;
import io.oriel.model.time.DurationSyntax;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Issues, shows, renews and revokes certificates.
@Command(
    name = "pki",
    mixinStandardHelpOptions = true,
    description = "Certificates for TLS between clusters.")
public final class PkiCommand implements Runnable {
  private static final String ROOT = "metrics or logs-traces.";

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description = "Where the roots are (default: ${DEFAULT-VALUE}).")
  private Path directory = Path.of("pki");

  @Override
  public void run() {
    spec.commandLine().usage(out());
    out().flush();
  }

  @Command(mixinStandardHelpOptions = true, description = "Makes both roots.")
  int init() throws IOException {
    Pki pki = Pki.create(directory, InstantSource.system(), new SecureRandom());
    for (Trust trust : Trust.values()) {
      print(pki.authority(trust).rootFile().toString());
    }
    return 0;
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Issues a certificate with a new key, for both sides of TLS.")
  int issue(
      @Option(names = "--root", paramLabel = "ROOT", defaultValue = "metrics", description = ROOT)
          String root,
      @Option(
              names = "--cluster",
              paramLabel = "NAME",
              defaultValue = "",
              description = "The cluster it speaks for.")
          String cluster,
      @Option(
              names = "--host",
              paramLabel = "NAME",
              description = "A DNS name or IP address; repeatable.")
          @Nullable List<String> hosts,
      @Option(
              names = "--validity",
              paramLabel = "DURATION",
              defaultValue = "7d",
              description = "How long it is valid.")
          String validity,
      @Parameters(paramLabel = "NAME") String name)
      throws IOException {
    CertificateAuthority authority = authority(root);
    authority.issue(
        new CertificateWish(
            name, cluster, hosts == null ? List.of() : hosts, DurationSyntax.parse(validity)));
    print(authority.certificateFile(name).toString());
    print(authority.keyFile(name).toString());
    return 0;
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Shows a certificate, or everything that was issued and has not ended.")
  int show(
      @Option(names = "--root", paramLabel = "ROOT", defaultValue = "metrics", description = ROOT)
          String root,
      @Parameters(paramLabel = "NAME", arity = "0..1") Optional<String> name)
      throws IOException {
    CertificateAuthority authority = authority(root);
    if (name.isPresent()) {
      print(CertificateText.of(authority.certificateFile(name.get())).stripTrailing());
      return 0;
    }
    for (Issued issued : authority.issued()) {
      print(
          "%s %s cluster=%s until=%s %s"
              .formatted(
                  issued.serial().toString(16),
                  issued.wish().name(),
                  issued.wish().cluster(),
                  issued.notAfter(),
                  issued.revoked().isPresent() ? "revoked" : "valid"));
    }
    return 0;
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Issues a certificate anew, with a new key; without a name, all that are due.")
  int rotate(
      @Option(names = "--root", paramLabel = "ROOT", defaultValue = "metrics", description = ROOT)
          String root,
      @Parameters(paramLabel = "NAME", arity = "0..1") Optional<String> name)
      throws IOException {
    CertificateAuthority authority = authority(root);
    List<Issued> rotated =
        name.isPresent() ? List.of(authority.rotate(name.get())) : authority.renewDue();
    for (Issued issued : rotated) {
      print(issued.wish().name() + " until=" + issued.notAfter());
    }
    return 0;
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Revokes every certificate of a name; servers refuse them from now on.")
  int revoke(
      @Option(names = "--root", paramLabel = "ROOT", defaultValue = "metrics", description = ROOT)
          String root,
      @Parameters(paramLabel = "NAME") String name)
      throws IOException {
    print(authority(root).revoke(name) + " revoked");
    return 0;
  }

  private CertificateAuthority authority(String root) throws IOException {
    return Pki.open(directory, InstantSource.system(), new SecureRandom())
        .authority(Trust.ofWord(root));
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  private void print(String line) {
    out().println(line);
    out().flush();
  }
}
