package dev.batchmill.dataset;

/**
 * The two sides of a split.
 *
 * @param <T> what is split: an array, a list of arrays, row indices
 * @param left the first side, often the training data
 * @param right the second side, often the test data
 * @see DatasetSplitter
 */
public record Split<T>(T left, T right) {}
