/** Which kernels run, and why. */
package dev.batchmill.runtime;
