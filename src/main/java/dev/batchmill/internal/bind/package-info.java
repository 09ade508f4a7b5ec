/** The JavaCPP bindings of the native library's C ABI. */
package dev.batchmill.internal.bind;
