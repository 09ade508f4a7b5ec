package dev.batchmill.internal.kernel;

/** The conformance of the random numbers in C++, with the best instruction set of the machine. */
class CpuRandomKernelsTest extends RandomKernelsConformance {
  @Override
  Kernels kernels() {
    return new CpuKernels();
  }
}
