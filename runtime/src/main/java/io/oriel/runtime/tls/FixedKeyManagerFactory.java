package io.oriel.runtime.tls;

import java.security.KeyStore;
import java.security.Provider;
import java.security.Security;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.KeyManagerFactorySpi;
import javax.net.ssl.ManagerFactoryParameters;
import org.jspecify.annotations.Nullable;

/// A factory around one key manager, because the server takes only factories.
final class FixedKeyManagerFactory extends KeyManagerFactory {
  private static final Provider ANY = Security.getProviders()[0];

  FixedKeyManagerFactory(KeyManager keys) {
    super(new Spi(keys), ANY, KeyManagerFactory.getDefaultAlgorithm());
  }

  private static final class Spi extends KeyManagerFactorySpi {
    private final KeyManager keys;

    Spi(KeyManager keys) {
      this.keys = keys;
    }

    @Override
    protected void engineInit(@Nullable KeyStore store, char @Nullable [] password) {
      // the key manager brings its own keys
    }

    @Override
    protected void engineInit(ManagerFactoryParameters parameters) {
      // the key manager brings its own keys
    }

    @Override
    protected KeyManager[] engineGetKeyManagers() {
      return new KeyManager[] {keys};
    }
  }
}
