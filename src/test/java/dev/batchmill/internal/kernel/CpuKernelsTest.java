package dev.batchmill.internal.kernel;

/** The conformance of the kernels in C++, with the best instruction set of the machine. */
class CpuKernelsTest extends KernelsConformance {
  @Override
  Kernels kernels() {
    return new CpuKernels();
  }
}
