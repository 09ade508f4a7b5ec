package dev.batchmill.internal.download;

import org.jspecify.annotations.Nullable;

/**
 * What is missing of a file whose beginning is there.
 *
 * @param start the place of the first byte that is missing
 * @param total the file's length, or -1 if it is unknown
 * @param validator the version of what is there, or null for any
 */
record Rest(long start, long total, @Nullable Validator validator) {}
