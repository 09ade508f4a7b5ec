/** Normalization and one-hot encoding. */
package dev.batchmill.transform;
