package io.oriel.runtime.dns;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Asks the servers in `/etc/resolv.conf` over UDP (RFC 1035), search domains included.
///
/// Own code because the JDK's only way to SRV records, JNDI, is not let into the house. An answer
/// that does not fit a datagram of 4096 bytes (EDNS, RFC 6891) is refused, not cut short.
final class UdpResolver implements DnsResolver {
  private static final Map<String, Integer> TYPES =
      Map.of("A", 1, "NS", 2, "MX", 15, "AAAA", 28, "SRV", 33);
  private static final int TIMEOUT_MILLIS = 2_000;
  private static final int MAX_ANSWER = 4_096;
  private static final int NAME_NOT_FOUND = 3;
  private static final int PORT = 53;

  private final Path resolvConf;

  UdpResolver() {
    this(Path.of("/etc/resolv.conf"));
  }

  UdpResolver(Path resolvConf) {
    this.resolvConf = resolvConf;
  }

  @Override
  public List<String> lookup(String name, String type) throws IOException {
    List<InetSocketAddress> servers = new ArrayList<>();
    List<String> candidates = new ArrayList<>();
    candidates.add(name);
    for (String line : Files.readAllLines(resolvConf)) {
      String[] words = line.strip().split("\\s+");
      if (words[0].equals("nameserver") && words.length > 1) {
        servers.add(address(words[1]));
      } else if (words[0].equals("search") && !name.endsWith(".")) {
        for (int i = 1; i < words.length; i++) {
          candidates.add(name + "." + words[i]);
        }
      }
    }
    IOException last = new IOException("no nameserver in " + resolvConf);
    for (String candidate : candidates) {
      for (InetSocketAddress server : servers) {
        try {
          List<String> found = ask(server, candidate, TYPES.getOrDefault(type, 1));
          if (!found.isEmpty()) {
            return found;
          }
          last = null;
          break;
        } catch (IOException e) {
          last = e;
        }
      }
    }
    if (last != null) {
      throw new IOException("could not resolve " + name + ": " + last.getMessage(), last);
    }
    return List.of();
  }

  /// An address with a port as `127.0.0.1#5353`, which some resolver configs write.
  private static InetSocketAddress address(String text) throws IOException {
    int hash = text.indexOf('#');
    String host = hash < 0 ? text : text.substring(0, hash);
    int port = hash < 0 ? PORT : Integer.parseInt(text.substring(hash + 1));
    return new InetSocketAddress(InetAddress.getByName(host), port);
  }

  private static List<String> ask(InetSocketAddress server, String name, int type)
      throws IOException {
    byte[] query = query(name, type);
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.connect(server);
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.send(new DatagramPacket(query, query.length));
      DatagramPacket packet = new DatagramPacket(new byte[MAX_ANSWER], MAX_ANSWER);
      socket.receive(packet);
      return parse(packet.getData(), packet.getLength(), query, type);
    } catch (SocketTimeoutException e) {
      throw new IOException(server + ": no answer within " + TIMEOUT_MILLIS + " ms", e);
    } catch (IndexOutOfBoundsException e) {
      throw new IOException(server + ": answer ends within a record", e);
    }
  }

  private static byte[] query(String name, int type) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    // The port is random; the id only tells a late answer from ours on the same socket.
    out.writeShort(name.hashCode() & 0xffff);
    out.writeShort(0x0100);
    out.writeShort(1);
    out.writeShort(0);
    out.writeShort(0);
    out.writeShort(1);
    for (String label : name.split("\\.")) {
      byte[] ascii = label.getBytes(StandardCharsets.US_ASCII);
      if (ascii.length == 0 || ascii.length > 63) {
        throw new IOException("not a domain name: " + name);
      }
      out.writeByte(ascii.length);
      out.write(ascii);
    }
    out.writeByte(0);
    out.writeShort(type);
    out.writeShort(1);
    out.writeByte(0);
    out.writeShort(41);
    out.writeShort(MAX_ANSWER);
    out.writeInt(0);
    out.writeShort(0);
    return bytes.toByteArray();
  }

  static List<String> parse(byte[] answer, int length, byte[] query, int type) throws IOException {
    if (length < 12 || u16(answer, 0) != u16(query, 0)) {
      throw new IOException("answer to another question");
    }
    int code = answer[3] & 15;
    if (code == NAME_NOT_FOUND) {
      return List.of();
    }
    if (code != 0 || (answer[2] & 2) != 0) {
      throw new IOException(code == 0 ? "answer does not fit a datagram" : "server said " + code);
    }
    int at = 12;
    for (int i = u16(answer, 4); i > 0; i--) {
      at = skipName(answer, at) + 4;
    }
    List<String> records = new ArrayList<>();
    for (int i = u16(answer, 6); i > 0; i--) {
      at = skipName(answer, at);
      int found = u16(answer, at);
      int dataLength = u16(answer, at + 8);
      at += 10;
      if (found == type) {
        records.add(data(answer, at, dataLength, type));
      }
      at += dataLength;
      if (at > length) {
        throw new IndexOutOfBoundsException(at);
      }
    }
    return records;
  }

  private static String data(byte[] answer, int at, int length, int type) throws IOException {
    return switch (type) {
      case 1, 28 -> {
        byte[] address = java.util.Arrays.copyOfRange(answer, at, at + length);
        yield InetAddress.getByAddress(address).getHostAddress();
      }
      case 15 -> u16(answer, at) + " " + name(answer, at + 2);
      case 33 ->
          u16(answer, at)
              + " "
              + u16(answer, at + 2)
              + " "
              + u16(answer, at + 4)
              + " "
              + name(answer, at + 6);
      default -> name(answer, at);
    };
  }

  private static int u16(byte[] bytes, int at) {
    return (bytes[at] & 0xff) << 8 | (bytes[at + 1] & 0xff);
  }

  private static int skipName(byte[] bytes, int start) {
    int at = start;
    while (bytes[at] != 0) {
      if ((bytes[at] & 0xc0) == 0xc0) {
        return at + 2;
      }
      at += 1 + (bytes[at] & 0xff);
    }
    return at + 1;
  }

  /// The name at {@code start}, with its final dot; pointers are followed, but not in circles.
  private static String name(byte[] bytes, int start) throws IOException {
    StringBuilder out = new StringBuilder();
    int at = start;
    int hops = 0;
    while (bytes[at] != 0) {
      if ((bytes[at] & 0xc0) == 0xc0) {
        if (++hops > 64) {
          throw new IOException("name that points to itself");
        }
        at = u16(bytes, at) & 0x3fff;
        continue;
      }
      int length = bytes[at] & 0xff;
      out.append(new String(bytes, at + 1, length, StandardCharsets.US_ASCII)).append('.');
      at += 1 + length;
    }
    return out.toString();
  }
}
