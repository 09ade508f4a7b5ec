/** The command line. */
package dev.batchmill.internal.cli;
