/// What Jaeger's clients and agents send: Thrift and protobuf, as spans of our model.
///
/// It exists because fleets of old clients still speak it. Start at {@link JaegerThrift} and {@link
/// JaegerProto}; {@link JaegerTags} tells a span's tags apart, which the documents in the search
/// engine need too. Formats: `jaeger.thrift` and `zipkincore.thrift` in Thrift's binary and compact
/// protocols, `jaeger.api_v2.PostSpansRequest`; translation as Jaeger's own.
///
/// Trap: Thrift says how long lists are before their elements come; nothing here believes it.
@NullMarked
package io.oriel.wire.jaeger;

import org.jspecify.annotations.NullMarked;
