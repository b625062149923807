/// The messages of Thanos' gRPC services: Store, Info, Rules, Targets, Metadata, Exemplars, Query.
///
/// Start at {@link SeriesRequest} and {@link SeriesResponse}; the other records are the messages of
/// the other calls, and {@link StoreServices} has the names of the calls. Source: Thanos 0.43,
/// `rpc.proto` of pkg/{store/storepb, info/infopb, rules/rulespb, targets/targetspb,
/// metadata/metadatapb, exemplars/exemplarspb}, pkg/api/query/querypb, pkg/store/hintspb. The
/// codecs are written by hand, because generated classes would copy every label and chunk once more
/// on the way that everything of a query takes: chunks are read as views of the received message,
/// and a response is written back to front in one pass.
///
/// Unknown fields are skipped, broken bytes are refused with kind INVALID. Trap: chunk encodings
/// count from zero here, one less than everywhere else.
@NullMarked
package io.oriel.wire.storeapi;

import org.jspecify.annotations.NullMarked;
