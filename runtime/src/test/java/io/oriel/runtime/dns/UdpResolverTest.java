package io.oriel.runtime.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class UdpResolverTest {
  /// One question, one SRV answer whose target points back into the question (RFC 1035 4.1.4).
  @Test
  void readsCompressedNames() throws IOException {
    String question = "02 5f78 07 6578616d706c65 00 0021 0001".replace(" ", "");
    byte[] answer =
        HexFormat.of()
            .parseHex(
                "1234 8180 0001 0001 0000 0000".replace(" ", "")
                    + question
                    + "c00c 0021 0001 0000003c 000b 0001 0002 238c 0161 c00f 00".replace(" ", ""));
    byte[] query = {0x12, 0x34};

    assertEquals(
        List.of("1 2 9100 a.example."), UdpResolver.parse(answer, answer.length, query, 33));
    assertThrows(
        IOException.class, () -> UdpResolver.parse(answer, answer.length, new byte[] {0, 0}, 33));
  }
}
