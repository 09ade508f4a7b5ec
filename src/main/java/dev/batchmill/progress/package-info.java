/** Progress bars for terminals and logs. */
package dev.batchmill.progress;
