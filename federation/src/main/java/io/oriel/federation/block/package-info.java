/// Blocks as they lie in a bucket, and what is known of them without opening them.
///
/// Start at {@link BucketBlocks} for what is done with one block (download, upload, mark, delete)
/// and at {@link BlockFetcher} for the view of all of them. A block is `<ULID>/` with `index`,
/// `chunks/NNNNNN` and `meta.json`, and perhaps marks: Thanos' bucket layout (docs/storage.md
/// upstream; pkg/block and pkg/block/metadata there).
///
/// Two orders make a block appear and vanish as a whole: `meta.json` is uploaded last and deleted
/// first. So a directory without it is partial, whatever else is in it, and the deletion mark is
/// deleted last, so that a deletion that was cut short is found again.
@NullMarked
package io.oriel.federation.block;

import org.jspecify.annotations.NullMarked;
