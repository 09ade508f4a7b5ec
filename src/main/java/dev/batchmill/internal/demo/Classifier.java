package dev.batchmill.internal.demo;

import java.util.Random;

/**
 * A classifier of two dense layers, a rectifier between them and a softmax behind them, trained by
 * Adam on the cross-entropy. Every number follows from the seed and the batches; exponentials and
 * logarithms are {@link StrictMath}'s, so that they are the same on every machine.
 *
 * <p>The width and the rate come from a four-fold cross-validation inside the training rows of seed
 * 1337, over 64, 128 and 256 units and the rates 0.003, 0.01 and 0.02: accuracy 0.970, where 256
 * units gave 0.974 in twice the time.
 */
final class Classifier {
  private static final int HIDDEN = 128;
  private static final float LEARNING_RATE = 0.02f;

  /**
   * How well some rows were classified.
   *
   * @param rows the number of rows
   * @param lossSum the sum of their cross-entropies
   * @param correct how many of them were right
   */
  record Score(int rows, double lossSum, int correct) {
    static final Score NONE = new Score(0, 0, 0);

    Score plus(Score other) {
      return new Score(rows + other.rows, lossSum + other.lossSum, correct + other.correct);
    }

    double loss() {
      return lossSum / rows;
    }

    double accuracy() {
      return (double) correct / rows;
    }
  }

  private final int classes;
  private final Layer hidden;
  private final Layer output;
  private int step;

  Classifier(int inputs, int classes, long seed, MatrixProduct product) {
    this.classes = classes;
    Random random = new Random(seed);
    this.hidden = new Layer(inputs, HIDDEN, random, product);
    this.output = new Layer(HIDDEN, classes, random, product);
  }

  /** What the classifier is and how it learns, for people. */
  static String description() {
    return "two dense layers (" + HIDDEN + " hidden units), Adam at rate " + LEARNING_RATE;
  }

  /**
   * Learns from one batch.
   *
   * @param x the rows' features
   * @param y the rows' classes, one-hot
   * @return how well the rows were classified before the step
   */
  Score learn(float[] x, float[] y) {
    int rows = y.length / classes;
    float[] activation = rectified(hidden.forward(x, rows));
    float[] probabilities = softmax(output.forward(activation, rows));
    float[] gradient = new float[y.length];
    for (int i = 0; i < y.length; i++) {
      gradient[i] = (probabilities[i] - y[i]) / rows;
    }
    float[] hiddenGradient = output.backward(gradient, rows);
    for (int i = 0; i < hiddenGradient.length; i++) {
      if (activation[i] <= 0) {
        hiddenGradient[i] = 0;
      }
    }
    step++;
    output.learn(activation, gradient, rows, LEARNING_RATE, step);
    hidden.learn(x, hiddenGradient, rows, LEARNING_RATE, step);
    return score(probabilities, y);
  }

  /** The probability of each class for some rows, row by row. */
  float[] predict(float[] x, int rows) {
    return softmax(output.forward(rectified(hidden.forward(x, rows)), rows));
  }

  /** Compares probabilities with the rows' classes, one-hot. */
  Score score(float[] probabilities, float[] y) {
    int[] best = best(probabilities);
    double lossSum = 0;
    int correct = 0;
    for (int i = 0; i < y.length; i++) {
      if (y[i] != 0) {
        lossSum -= StrictMath.log(Math.max(probabilities[i], Float.MIN_NORMAL));
        correct += best[i / classes] == i % classes ? 1 : 0;
      }
    }
    return new Score(best.length, lossSum, correct);
  }

  /** The most probable class of each row. */
  int[] best(float[] probabilities) {
    int[] best = new int[probabilities.length / classes];
    for (int row = 0; row < best.length; row++) {
      int first = row * classes;
      for (int c = 1; c < classes; c++) {
        best[row] = probabilities[first + c] > probabilities[first + best[row]] ? c : best[row];
      }
    }
    return best;
  }

  private static float[] rectified(float[] values) {
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.max(values[i], 0);
    }
    return values;
  }

  /** Turns each row of scores into probabilities, in place. */
  private float[] softmax(float[] scores) {
    int[] best = best(scores);
    for (int row = 0; row < best.length; row++) {
      softmaxRow(scores, row * classes, scores[row * classes + best[row]]);
    }
    return scores;
  }

  private void softmaxRow(float[] scores, int first, float largest) {
    double sum = 0;
    for (int i = first; i < first + classes; i++) {
      double exponential = StrictMath.exp(scores[i] - largest);
      scores[i] = (float) exponential;
      sum += exponential;
    }
    for (int i = first; i < first + classes; i++) {
      scores[i] = (float) (scores[i] / sum);
    }
  }
}
