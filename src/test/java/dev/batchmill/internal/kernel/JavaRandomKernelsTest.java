package dev.batchmill.internal.kernel;

/** The conformance of the random numbers in Java. */
class JavaRandomKernelsTest extends RandomKernelsConformance {
  @Override
  Kernels kernels() {
    return JavaKernels.INSTANCE;
  }
}
