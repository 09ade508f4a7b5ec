/** Data sets that yield batches by index, and their splits. */
package dev.batchmill.dataset;
