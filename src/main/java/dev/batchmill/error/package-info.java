/** The exceptions of Batchmill that the JDK has no name for. */
package dev.batchmill.error;
