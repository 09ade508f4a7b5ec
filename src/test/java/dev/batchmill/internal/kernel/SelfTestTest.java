package dev.batchmill.internal.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class SelfTestTest {
  /** Plain Java's kernels behind a handler. */
  private static Kernels kernels(InvocationHandler handler) {
    return (Kernels)
        Proxy.newProxyInstance(
            Kernels.class.getClassLoader(), new Class<?>[] {Kernels.class}, handler);
  }

  /** What backends implement, but for what tells their names. */
  private static Set<String> operations() {
    return Arrays.stream(Kernels.class.getMethods())
        .filter(method -> Modifier.isAbstract(method.getModifiers()))
        .filter(method -> method.getParameterCount() > 0)
        .map(Method::getName)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void everyOperationIsTested() {
    Set<String> called = new TreeSet<>();
    List<SelfTest.Result> results =
        SelfTest.run(
            kernels(
                (proxy, method, arguments) -> {
                  called.add(method.getName());
                  return method.invoke(JavaKernels.INSTANCE, arguments);
                }));
    assertEquals(operations(), called);
    assertTrue(results.stream().allMatch(SelfTest.Result::passed), results::toString);
  }

  /** An operation that does nothing fails the test. */
  @Test
  void everyOperationIsCompared() {
    for (String broken : operations()) {
      List<SelfTest.Result> results =
          SelfTest.run(
              kernels(
                  (proxy, method, arguments) ->
                      method.getName().equals(broken)
                          ? null
                          : method.invoke(JavaKernels.INSTANCE, arguments)));
      assertTrue(results.stream().anyMatch(result -> !result.passed()), broken);
    }
  }
}
