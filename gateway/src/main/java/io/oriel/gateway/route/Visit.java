package io.oriel.gateway.route;

import io.oriel.gateway.identity.ClusterIdentity;
import io.oriel.runtime.http.HttpAnswer;
import io.oriel.runtime.http.HttpCall;

/// A call of a client whose cluster is known.
@FunctionalInterface
interface Visit {
  /// Answers it; failures become answers as Elasticsearch writes them.
  HttpAnswer answer(HttpCall call, ClusterIdentity client) throws Exception;
}
