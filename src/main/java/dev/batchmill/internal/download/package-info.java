/** Transfers over HTTP and from files. */
package dev.batchmill.internal.download;
