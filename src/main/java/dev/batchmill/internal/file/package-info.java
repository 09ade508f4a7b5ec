/** What several rooms do with files. */
package dev.batchmill.internal.file;
