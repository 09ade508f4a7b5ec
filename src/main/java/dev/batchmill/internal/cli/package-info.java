/** The command line and the demo. */
package dev.batchmill.internal.cli;
