package dev.batchmill.internal.kernel;

import dev.batchmill.Gpus;
import org.junit.jupiter.api.Tag;

/** The conformance of the kernels of a GPU. */
@Tag("gpu")
class CudaScalerKernelsTest extends ScalerKernelsConformance {
  @Override
  Kernels kernels() {
    Gpus.require();
    return new CudaKernels(new CpuKernels());
  }
}
