/** The machinery behind {@link dev.batchmill.loader}. */
package dev.batchmill.internal.queue;
