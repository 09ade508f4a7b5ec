package dev.batchmill.internal.kernel;

import dev.batchmill.internal.kernel.Operand.Type;
import java.lang.reflect.Method;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/**
 * Runs the conformance of the kernels in C++ and prints the instruction set and the tests' number.
 */
public final class IsaProbe {
  private IsaProbe() {}

  public static void main(String[] args) throws ReflectiveOperationException {
    int passed =
        run(KernelsConformance.class, new CpuKernelsTest())
            + run(OneHotKernelsConformance.class, new CpuOneHotKernelsTest());
    System.out.println(new CpuKernels().description());
    System.out.println(passed);
  }

  private static int run(Class<?> conformance, Object test) throws ReflectiveOperationException {
    int passed = 0;
    for (Method method : conformance.getDeclaredMethods()) {
      if (method.isAnnotationPresent(Test.class)) {
        method.invoke(test);
        passed++;
      } else if (method.isAnnotationPresent(ParameterizedTest.class)) {
        for (Type type : Type.values()) {
          method.invoke(test, type);
          passed++;
        }
      }
    }
    return passed;
  }
}
