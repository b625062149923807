/// Several replicas of one series become one series.
///
/// Replicas scrape the same targets at times of their own, so their samples cannot just be
/// interleaved: that would double the rate of samples, and a counter that one replica saw restart a
/// moment later would seem to fall. {@link Deduplication} names the algorithms; a querier merges
/// what the stores answered with them, a compactor what lies in blocks. {@link Overlaps} first
/// takes apart one series whose chunks overlap, because such chunks come from different replicas
/// too.
///
/// PENALTY and CHAIN answer sample for sample what Thanos answers (pkg/dedup upstream, options
/// `penalty` and `chain`). INTERVAL is ours.
///
/// Trap: the order of the replicas matters, the first is preferred; callers keep it stable.
@NullMarked
package io.oriel.federation.dedup;

import org.jspecify.annotations.NullMarked;
