package dev.batchmill.internal.kernel;

/** The conformance of label encoding in C++, with the best instruction set of the machine. */
class CpuOneHotKernelsTest extends OneHotKernelsConformance {
  @Override
  Kernels kernels() {
    return new CpuKernels();
  }
}
