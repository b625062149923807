/// Many clusters seen as one: blocks go to buckets, are compacted and downsampled there, and are
/// read back beside what the clusters still hold in memory.
///
/// Every seam is Thanos': the bucket's layout and marks, the StoreAPI and its sister services over
/// gRPC, the query parameters. So a real Thanos can stand on either side of each of them.
@NullMarked
package io.oriel.federation;

import org.jspecify.annotations.NullMarked;
