/** Linear algebra by LAPACK, which the optional OpenBLAS preset of JavaCPP brings. */
package dev.batchmill.internal.lapack;
