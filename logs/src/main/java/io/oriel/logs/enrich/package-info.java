/// Says where events come from, and changes them as the configuration wants.
///
/// Start at {@link Enrichment}: one per file. It has what all events of the file share ready as
/// {@link io.oriel.logs.parse.Statics}, and runs what is left of the {@link Processor}s for each.
/// Processors at the head of the list that only touch shared fields are run once per file instead
/// of once per event. {@link PodDirectory} knows pods by watching the cluster, and remembers those
/// that are gone for as long as their logs may still be read.
///
/// Trap: fields shared by a file are fixed when it is opened, but a pod's labels change; {@link
/// Enrichment} looks at the directory's version before each piece.
@NullMarked
package io.oriel.logs.enrich;

import org.jspecify.annotations.NullMarked;
