/** The one table from native status codes to exceptions. */
package dev.batchmill.internal.status;
