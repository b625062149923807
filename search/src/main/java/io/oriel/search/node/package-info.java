/// OpenSearch in this process, with Elasticsearch's face.
///
/// A role that keeps logs and spans should need no second program on a laptop, so the engine runs
/// inside: {@link SearchNode} is the door. It listens on loopback only; the way in from elsewhere
/// is the gateway. Several nodes find each other by seed hosts and form a cluster.
///
/// What it speaks is the REST API of OpenSearch 3 with what Elasticsearch's clients look for put
/// before it: the answer to `GET /`, the header `X-Elastic-Product`, the media types
/// `application/vnd.elasticsearch+json`, `_license`, `_xpack`, `_pit`, field types that only
/// Elasticsearch has, and `_ilm` (see `io.oriel.search.lifecycle`).
///
/// Trap: plugins are made by the engine, by reflection, so their classes are public and take what
/// they need from settings; what cannot be a setting is given to them before the node starts.
@NullMarked
package io.oriel.search.node;

import org.jspecify.annotations.NullMarked;
