package io.oriel.logs.tail;

/// A file about to be read.
///
/// @param input number of the input whose path led to it
/// @param key names the file for ever
/// @param generation counts how often it was emptied
/// @param path by which it was found
/// @param note what its reader noted before, perhaps in an earlier process; empty for nothing
public record OpenedFile(
    int input,
    String key,
    int generation,
    String path,
    long device,
    long inode,
    Fingerprint fingerprint,
    String note) {}
