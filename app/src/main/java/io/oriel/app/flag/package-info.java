/// Families of flags that several roles take, each a picocli mixin that makes a config of its own.
///
/// They exist here so that a flag is called, described and checked the same in every role. A
/// command takes the families it wants; flags of one role alone live with it. Names are upstream's:
/// Thanos' `--grpc-*`, `--http*`, `--objstore.*` and `--selector.*`, Jaeger's `--es.*`;
/// `--tracing.*` is Oriel's. This room knows {@link io.oriel.app.process} and no role.
///
/// Trap: a family reads and checks files only when it is asked for its config, after parsing.
@NullMarked
package io.oriel.app.flag;

import org.jspecify.annotations.NullMarked;
