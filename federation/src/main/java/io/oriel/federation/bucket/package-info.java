/// The object storage that blocks live in.
///
/// Start at {@link Bucket}, the one interface, and {@link BucketConfig}, which reads Thanos'
/// objstore YAML and makes one. Everything that has to do with a cloud stays behind it: no other
/// room knows which store it is talking to. Around the store lie decorators, in this order from
/// outside: retry, hedge, measure, limit, prefix; each is a `Bucket` itself.
///
/// Trap: a bucket has no directories and no rename. What looks like a directory is a common prefix
/// of names, and it is gone when the last object below it is; so nothing here creates one, and an
/// order of uploads is the only transaction there is.
@NullMarked
package io.oriel.federation.bucket;

import org.jspecify.annotations.NullMarked;
