package dev.batchmill.internal.kernel;

/** The conformance of label encoding in plain Java. */
class JavaOneHotKernelsTest extends OneHotKernelsConformance {
  @Override
  Kernels kernels() {
    return JavaKernels.INSTANCE;
  }
}
