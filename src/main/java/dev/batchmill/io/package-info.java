/** The file cache: fetch, verify, extract. */
package dev.batchmill.io;
