package io.oriel.gateway.identity;

/// A client that has shown which cluster it speaks for.
///
/// @param environment what the cluster is for: `dev`, `prod`
/// @param subject of the certificate
/// @param serial of the certificate, in hex
public record ClusterIdentity(String cluster, String environment, String subject, String serial) {}
