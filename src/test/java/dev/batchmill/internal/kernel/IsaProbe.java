package dev.batchmill.internal.kernel;

import java.lang.reflect.Method;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/**
 * Runs the conformance of the kernels in C++ and prints the instruction set and the tests' number.
 */
public final class IsaProbe {
  /** The suites; every test with a parameter takes each value of an enumeration. */
  private static final List<Object> SUITES =
      List.of(
          new CpuKernelsTest(),
          new CpuOneHotKernelsTest(),
          new CpuScalerKernelsTest(),
          new CpuRandomKernelsTest());

  private IsaProbe() {}

  public static void main(String[] args) throws ReflectiveOperationException {
    int passed = 0;
    for (Object suite : SUITES) {
      for (Method method : suite.getClass().getSuperclass().getDeclaredMethods()) {
        if (method.isAnnotationPresent(Test.class)) {
          method.invoke(suite);
          passed++;
        } else if (method.isAnnotationPresent(ParameterizedTest.class)) {
          for (Object value : method.getParameterTypes()[0].getEnumConstants()) {
            method.invoke(suite, value);
            passed++;
          }
        }
      }
    }
    System.out.println(new CpuKernels().description());
    System.out.println(passed);
  }
}
