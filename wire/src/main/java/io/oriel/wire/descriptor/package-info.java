/// What the gRPC services for traces look like, for tools that ask a server instead of having its
/// `.proto` files.
///
/// It exists because our codecs are written by hand (ADR 17), so that no generated class brings its
/// descriptor along. Start at {@link TraceDescriptors}. OTLP's come with its library; Jaeger's are
/// stated here: names and numbers of jaeger-idl as of November 2026, without its options. Tests
/// read what the codecs write by these descriptors, and the codecs read what these write.
///
/// Trap: a field that a codec learns has to be stated here, too.
@NullMarked
package io.oriel.wire.descriptor;

import org.jspecify.annotations.NullMarked;
