package dev.batchmill.internal.kernel;

/** The conformance of the kernels in plain Java. */
class JavaKernelsTest extends KernelsConformance {
  @Override
  Kernels kernels() {
    return JavaKernels.INSTANCE;
  }
}
