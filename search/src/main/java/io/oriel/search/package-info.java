/// The search engine that logs and traces lie in.
///
/// `node` runs OpenSearch in this process, `client` speaks to it or to an external Elasticsearch or
/// OpenSearch, `template` and `lifecycle` see to indices from their making to their end. This
/// package itself holds nothing; each room below has its own door.
@NullMarked
package io.oriel.search;

import org.jspecify.annotations.NullMarked;
