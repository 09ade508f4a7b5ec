/** Seeds, permutations and the shuffles of other libraries. */
package dev.batchmill.random;
