/** Safe extraction of archives read by libarchive. */
package dev.batchmill.internal.archive;
