/** Batches that are made by other processes. */
package dev.batchmill.internal.process;
