/** The CUDA library without JavaCPP's names: every call returns what it is for, or throws. */
package dev.batchmill.internal.cuda;
