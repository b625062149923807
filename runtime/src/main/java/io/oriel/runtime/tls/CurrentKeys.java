package io.oriel.runtime.tls;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/// Answers with the key pair that the material holds when an alias is chosen. The alias says which
/// pair that was, so that the chain and the key asked for by it are of one pair, whatever was
/// renewed in between.
final class CurrentKeys extends X509ExtendedKeyManager {
  private final TlsMaterial material;

  CurrentKeys(TlsMaterial material) {
    this.material = material;
  }

  /// Asks a key manager for an alias.
  private interface Choice {
    @Nullable String of(X509ExtendedKeyManager keys);
  }

  private @Nullable String choose(Choice choice) {
    TlsMaterial.Loaded now = material.current();
    String alias = now.keys() == null ? null : choice.of(now.keys());
    return alias == null ? null : now.named(alias);
  }

  private String @Nullable [] list(TlsMaterial.Loaded now, String @Nullable [] aliases) {
    return aliases == null ? null : Arrays.stream(aliases).map(now::named).toArray(String[]::new);
  }

  /// Its key manager knows the alias by another name.
  private record Chosen(X509ExtendedKeyManager keys, String alias) {}

  private Optional<Chosen> chosen(String named) {
    int end = named.indexOf(TlsMaterial.Loaded.BEHIND_TURN);
    return material
        .ofTurn(named.substring(0, Math.max(0, end)))
        .flatMap(loaded -> Optional.ofNullable(loaded.keys()))
        .map(keys -> new Chosen(keys, named.substring(end + 1)));
  }

  @Override
  public String @Nullable [] getClientAliases(String type, Principal @Nullable [] issuers) {
    TlsMaterial.Loaded now = material.current();
    return now.keys() == null ? null : list(now, now.keys().getClientAliases(type, issuers));
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] types, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return choose(keys -> keys.chooseClientAlias(types, issuers, socket));
  }

  @Override
  public @Nullable String chooseEngineClientAlias(
      String[] types, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return choose(keys -> keys.chooseEngineClientAlias(types, issuers, engine));
  }

  @Override
  public String @Nullable [] getServerAliases(String type, Principal @Nullable [] issuers) {
    TlsMaterial.Loaded now = material.current();
    return now.keys() == null ? null : list(now, now.keys().getServerAliases(type, issuers));
  }

  @Override
  public @Nullable String chooseServerAlias(
      String type, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return choose(keys -> keys.chooseServerAlias(type, issuers, socket));
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String type, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return choose(keys -> keys.chooseEngineServerAlias(type, issuers, engine));
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(String named) {
    return chosen(named).map(of -> of.keys().getCertificateChain(of.alias())).orElse(null);
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(String named) {
    return chosen(named).map(of -> of.keys().getPrivateKey(of.alias())).orElse(null);
  }
}
