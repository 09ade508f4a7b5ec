/** The little JSON that the library itself reads: records that were saved. */
package dev.batchmill.internal.json;
