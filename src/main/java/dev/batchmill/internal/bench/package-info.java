/**
 * The benchmark: which operations there are, how they are timed, and the roofs of the machine's
 * memory that they are measured against.
 */
package dev.batchmill.internal.bench;
