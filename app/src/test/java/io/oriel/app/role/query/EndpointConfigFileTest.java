package io.oriel.app.role.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.oriel.federation.query.EndpointSpec;
import io.oriel.model.error.OrielException;
import io.oriel.runtime.config.ConfigException;
import io.oriel.runtime.grpc.GrpcClientConfig;
import io.oriel.runtime.tls.TlsConfig;
import io.oriel.runtime.tls.TlsVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EndpointConfigFileTest {
  @TempDir private Path directory;

  private static EndpointConfigFile inline(String text) throws IOException {
    return new EndpointConfigFile("", text);
  }

  @Test
  void readsThanosFormatWithTlsOfEachEndpoint() throws IOException {
    List<EndpointSpec> endpoints =
        inline(
                """
                endpoints:
                  - address: dnssrv+_grpc._tcp.store
                  - {address: "dns+store:10901", group: true, service_config: '{}'}
                  - address: far:10901
                    strict: true
                    grpc_client_config:
                      tls_config:
                        enabled: true
                        insecure_skip_verify: false
                        cert_file: c.pem
                        key_file: k.pem
                        ca_file: ca.pem
                        min_version: "1.2"
                      server_name: store.far
                      compression_type: snappy
                """)
            .endpoints();

    assertEquals(EndpointSpec.of("dnssrv+_grpc._tcp.store"), endpoints.get(0));
    assertEquals(EndpointSpec.group("dns+store:10901"), endpoints.get(1));
    GrpcClientConfig client = endpoints.get(2).client().orElseThrow();
    TlsConfig tls = client.tls().orElseThrow();
    assertEquals("store.far", tls.serverName());
    assertEquals("ca.pem", tls.caFile());
    assertEquals(TlsVersion.TLS12, tls.minVersion());
    assertEquals(GrpcClientConfig.Compression.SNAPPY, client.compression());
  }

  @Test
  void nothingIsNoEndpoint() throws IOException {
    assertEquals(List.of(), inline("").endpoints());
  }

  @Test
  void refusesMistakesByPlace() {
    ConfigException refused =
        assertThrows(
            ConfigException.class,
            () ->
                inline(
                    """
                    endpoints:
                      - {address: "dns+a:1", strict: true}
                      - {address: "b:1", service_config: '{}'}
                      - {address: "c:1", grpc_client_config: {server_name: x}}
                      - {addres: "d:1"}
                    """));
    for (String part :
        List.of("endpoints[0].strict", "endpoints[1].service_config", "enabled", "\"address\"")) {
      assertTrue(refused.reason().contains(part), refused::reason);
    }
    assertThrows(OrielException.class, () -> new EndpointConfigFile("x.yml", "endpoints: []"));
  }

  @Test
  void aChangedFileHoldsAtOnceAndABrokenOneNot() throws IOException {
    Path file = Files.writeString(directory.resolve("e.yml"), "endpoints: [{address: 'a:1'}]\n");
    EndpointConfigFile config = new EndpointConfigFile(file.toString(), "");
    assertEquals(EndpointSpec.of(List.of("a:1")), config.endpoints());

    Files.writeString(file, "endpoints: [{address: 'b:1'}]\n");
    assertEquals(EndpointSpec.of(List.of("b:1")), config.endpoints());

    Files.writeString(file, "endpoints: [{addres: 'c:1'}]\n");
    assertEquals(EndpointSpec.of(List.of("b:1")), config.endpoints());

    Files.delete(file);
    assertEquals(EndpointSpec.of(List.of("b:1")), config.endpoints());
    assertEquals(Optional.empty(), config.endpoints().getFirst().client());
  }
}
