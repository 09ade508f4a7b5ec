package dev.batchmill.internal.demo;

import java.util.Arrays;
import java.util.Random;

/**
 * A dense layer y = x · W + b and its Adam state.
 *
 * <p>Adam: D. Kingma and J. Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015 (algorithm
 * 1, with the constants it suggests). The weights start uniformly in ±√(6 / (inputs + outputs)): X.
 * Glorot and Y. Bengio, "Understanding the difficulty of training deep feedforward neural
 * networks", AISTATS 2010 (equation 16).
 */
final class Layer {
  private static final float FIRST_DECAY = 0.9f;
  private static final float SECOND_DECAY = 0.999f;
  private static final float EPSILON = 1e-8f;

  private final MatrixProduct product;
  private final int inputs;
  private final int outputs;
  private final Parameters weights;
  private final Parameters biases;

  Layer(int inputs, int outputs, Random random, MatrixProduct product) {
    this.product = product;
    this.inputs = inputs;
    this.outputs = outputs;
    this.weights = new Parameters(inputs * outputs);
    this.biases = new Parameters(outputs);
    float limit = (float) Math.sqrt(6.0 / (inputs + outputs));
    for (int i = 0; i < weights.values.length; i++) {
      weights.values[i] = (2 * random.nextFloat() - 1) * limit;
    }
  }

  /** Computes y for some rows of x. */
  float[] forward(float[] x, int rows) {
    float[] y = new float[rows * outputs];
    product.multiply(false, false, rows, outputs, inputs, x, weights.values, y);
    for (int i = 0; i < y.length; i++) {
      y[i] += biases.values[i % outputs];
    }
    return y;
  }

  /** Turns the gradient of the loss by y into that by x; before {@link #learn}. */
  float[] backward(float[] gradientY, int rows) {
    float[] gradientX = new float[rows * inputs];
    product.multiply(false, true, rows, inputs, outputs, gradientY, weights.values, gradientX);
    return gradientX;
  }

  /** Takes one step of Adam. */
  void learn(float[] x, float[] gradientY, int rows, float rate, int step) {
    product.multiply(true, false, inputs, outputs, rows, x, gradientY, weights.gradient);
    Arrays.fill(biases.gradient, 0);
    for (int i = 0; i < gradientY.length; i++) {
      biases.gradient[i % outputs] += gradientY[i];
    }
    float corrected =
        (float)
            (rate
                * Math.sqrt(1 - StrictMath.pow(SECOND_DECAY, step))
                / (1 - StrictMath.pow(FIRST_DECAY, step)));
    weights.step(corrected);
    biases.step(corrected);
  }

  private static final class Parameters {
    final float[] values;
    final float[] gradient;
    private final float[] first;
    private final float[] second;

    Parameters(int size) {
      values = new float[size];
      gradient = new float[size];
      first = new float[size];
      second = new float[size];
    }

    void step(float rate) {
      for (int i = 0; i < values.length; i++) {
        float g = gradient[i];
        first[i] = FIRST_DECAY * first[i] + (1 - FIRST_DECAY) * g;
        second[i] = SECOND_DECAY * second[i] + (1 - SECOND_DECAY) * g * g;
        values[i] -= rate * first[i] / ((float) Math.sqrt(second[i]) + EPSILON);
      }
    }
  }
}
