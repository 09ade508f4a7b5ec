/** The numeric kernels: one interface, one implementation per backend. */
package dev.batchmill.internal.kernel;
