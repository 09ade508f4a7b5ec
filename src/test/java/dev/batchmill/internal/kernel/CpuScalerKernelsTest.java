package dev.batchmill.internal.kernel;

/** The conformance of the scalers' kernels in C++, with the best instruction set of the machine. */
class CpuScalerKernelsTest extends ScalerKernelsConformance {
  @Override
  Kernels kernels() {
    return new CpuKernels();
  }
}
