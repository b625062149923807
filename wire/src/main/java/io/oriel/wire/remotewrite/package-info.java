/// Remote write 1.0 (`prometheus.WriteRequest`) and 2.0 (`io.prometheus.write.v2.Request`), read
/// and written field by field.
///
/// No message objects in between: a request holds tens of thousands of samples, and each would be
/// garbage. Start at {@link RemoteWriteReader} and {@link RemoteWriteWriter}; {@link
/// RemoteWriteVersion} tells the versions apart by content type. Bodies are snappy blocks, which
/// `wire.compress` undoes first.
///
/// Specification: Prometheus docs, specs/prw/remote_write_spec.md and remote_write_spec_2_0.md.
@NullMarked
package io.oriel.wire.remotewrite;

import org.jspecify.annotations.NullMarked;
