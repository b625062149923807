package io.oriel.app.host;

import java.io.IOException;
import java.util.List;
import java.util.Set;

/// Network devices, protocols, sockets.
final class NetworkParts {
  private static final String[] RECEIVE = {
    "bytes", "packets", "errs", "drop", "fifo", "frame", "compressed", "multicast"
  };
  private static final String[] TRANSMIT = {
    "bytes", "packets", "errs", "drop", "fifo", "colls", "carrier", "compressed"
  };
  private static final Set<String> NETSTAT =
      Set.of(
          "TcpExt_ListenOverflows",
          "TcpExt_ListenDrops",
          "TcpExt_SyncookiesSent",
          "TcpExt_TCPTimeouts",
          "TcpExt_TCPSynRetrans",
          "IpExt_InOctets",
          "IpExt_OutOctets",
          "Ip_Forwarding",
          "Icmp_InErrors",
          "Icmp_InMsgs",
          "Icmp_OutMsgs",
          "Tcp_ActiveOpens",
          "Tcp_CurrEstab",
          "Tcp_InErrs",
          "Tcp_InSegs",
          "Tcp_OutRsts",
          "Tcp_OutSegs",
          "Tcp_PassiveOpens",
          "Tcp_RetransSegs",
          "Udp_InDatagrams",
          "Udp_InErrors",
          "Udp_NoPorts",
          "Udp_OutDatagrams",
          "Udp_RcvbufErrors",
          "Udp_SndbufErrors");

  private NetworkParts() {}

  static void devices(Proc proc, Families into) throws IOException {
    List<String> lines = proc.lines("net/dev");
    for (String line : lines.subList(2, lines.size())) {
      int colon = line.indexOf(':');
      String device = line.substring(0, colon).strip();
      String[] words = Proc.words(line.substring(colon + 1));
      for (int i = 0; i < RECEIVE.length; i++) {
        device(into, "receive_" + RECEIVE[i], words[i], device);
      }
      for (int i = 0; i < TRANSMIT.length; i++) {
        device(into, "transmit_" + TRANSMIT[i], words[RECEIVE.length + i], device);
      }
    }
  }

  private static void device(Families into, String name, String value, String device) {
    into.counter(
        "node_network_" + name,
        "Network device statistic " + name + ".",
        Proc.number(value),
        "device",
        device);
  }

  /// Pairs of lines: names, then values.
  static void netstat(Proc proc, Families into) throws IOException {
    for (String file : new String[] {"net/snmp", "net/netstat"}) {
      List<String> lines = proc.lines(file);
      for (int i = 0; i + 1 < lines.size(); i += 2) {
        String[] names = Proc.words(lines.get(i));
        String[] values = Proc.words(lines.get(i + 1));
        String protocol = names[0].substring(0, names[0].length() - 1);
        for (int k = 1; k < names.length; k++) {
          String name = protocol + "_" + names[k];
          if (NETSTAT.contains(name)) {
            into.gauge("node_netstat_" + name, "Statistic " + name + ".", Proc.number(values[k]));
          }
        }
      }
    }
  }

  static void sockets(Proc proc, Families into) throws IOException {
    for (String line : proc.lines("net/sockstat")) {
      String[] words = Proc.words(line);
      String protocol = words[0].substring(0, words[0].length() - 1);
      for (int i = 1; i + 1 < words.length; i += 2) {
        into.gauge(
            "node_sockstat_" + protocol + "_" + words[i],
            "Number of " + protocol + " sockets in state " + words[i] + ".",
            Proc.number(words[i + 1]));
      }
    }
  }
}
