/// The collectors of one cluster among themselves: each trace has one of them as its owner, so that
/// tail sampling and dependencies see it whole, and one is the leader that computes adaptive
/// sampling from what all have seen.
///
/// Start at {@link Peers}, which knows who is there; {@link PeerSink} hands spans to their owner by
/// OTLP, {@link SharedSampling} brings the counts to the leader. Nobody keeps a list of members or
/// a lock anywhere: who can be reached is found out by calling, and whoever cannot be is left out
/// for a while, its traces going to the others. While collectors disagree about who is there, a
/// trace may be looked at in parts, but no span is lost.
@NullMarked
package io.oriel.traces.peer;

import org.jspecify.annotations.NullMarked;
