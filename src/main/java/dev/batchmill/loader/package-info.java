/** The ordered, bounded, parallel batch queue. */
package dev.batchmill.loader;
