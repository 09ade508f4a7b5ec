package dev.batchmill.internal.kernel;

import dev.batchmill.internal.kernel.Operand.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleBinaryOperator;

/**
 * The norms as sum_order.h describes them, written to be read: every chunk, lane and level of the
 * tree is spelt out, and missing leaves are there as zeros. A float operation is done in double and
 * rounded, which gives the same float for all operations used.
 */
final class ReferenceNorm {
  private ReferenceNorm() {}

  static double[] normalize(Type type, double[] x, int outer, int length, int inner, double order) {
    double[] out = new double[x.length];
    for (int o = 0; o < outer; o++) {
      for (int i = 0; i < inner; i++) {
        double[] line = new double[length];
        for (int k = 0; k < length; k++) {
          line[k] = x[(o * length + k) * inner + i];
        }
        double norm = norm(type, line, order);
        for (int k = 0; k < length; k++) {
          out[(o * length + k) * inner + i] = norm == 0 ? line[k] : type.round(line[k] / norm);
        }
      }
    }
    return out;
  }

  static double norm(Type type, double[] line, double order) {
    double[] terms = new double[line.length];
    for (int k = 0; k < line.length; k++) {
      double magnitude = Math.abs(line[k]);
      if (order == 0) {
        terms[k] = magnitude == 0 ? 0 : 1;
      } else if (order == 2) {
        terms[k] = type.round(line[k] * line[k]);
      } else {
        terms[k] = order == 1 || Double.isInfinite(order) ? magnitude : Math.pow(magnitude, order);
      }
    }
    if (order == 0 || order == 1) {
      return sum(type, terms);
    } else if (order == 2) {
      return type.round(Math.sqrt(sum(type, terms)));
    } else if (order == Double.POSITIVE_INFINITY) {
      return reduce(terms, Math::max);
    } else if (order == Double.NEGATIVE_INFINITY) {
      return reduce(terms, Math::min);
    }
    return type.round(Math.pow(sum(Type.DOUBLE, terms), 1 / order));
  }

  private static double reduce(double[] terms, DoubleBinaryOperator operator) {
    double result = terms.length == 0 ? 0 : terms[0];
    for (double term : terms) {
      result = operator.applyAsDouble(result, term);
    }
    return result;
  }

  static double sum(Type type, double[] terms) {
    int lanes = 512 / type.bytes();
    int chunk = 16 * lanes;
    List<Double> leaves = new ArrayList<>();
    for (int start = 0; start < terms.length; start += chunk) {
      for (int lane = 0; lane < lanes; lane++) {
        double sum = 0;
        for (int step = 0; step < 16; step++) {
          int i = start + step * lanes + lane;
          sum = type.round(sum + (i < terms.length ? terms[i] : 0));
        }
        leaves.add(sum);
      }
    }
    while (leaves.size() > 1) {
      List<Double> level = new ArrayList<>();
      for (int k = 0; k < leaves.size(); k += 2) {
        double right = k + 1 < leaves.size() ? leaves.get(k + 1) : 0;
        level.add(type.round(leaves.get(k) + right));
      }
      leaves = level;
    }
    return leaves.isEmpty() ? 0 : leaves.get(0);
  }
}
