package dev.batchmill.internal.kernel;

/** The conformance of the scalers' kernels in plain Java. */
class JavaScalerKernelsTest extends ScalerKernelsConformance {
  @Override
  Kernels kernels() {
    return JavaKernels.INSTANCE;
  }
}
