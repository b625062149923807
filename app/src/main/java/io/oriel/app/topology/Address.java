package io.oriel.app.topology;

/// Where a role listens.
///
/// @param http `host:port` for people and scrapes
/// @param grpc `host:port` for other roles; empty where it serves none
record Address(String http, String grpc) {
  /// As a link.
  String url() {
    return "http://" + http;
  }
}
