/**
 * Normalization, scaling, one-hot encoding and casts, and the {@link
 * dev.batchmill.transform.Transform} that makes them steps of a data set.
 */
package dev.batchmill.transform;
