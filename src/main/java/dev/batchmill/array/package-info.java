/**
 * N-dimensional arrays over Java arrays, buffers and aligned native memory, and their {@code .npy}
 * files.
 */
package dev.batchmill.array;
