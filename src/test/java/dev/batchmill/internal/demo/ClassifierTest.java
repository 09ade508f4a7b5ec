package dev.batchmill.internal.demo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ClassifierTest {
  /** Exclusive or: no single layer learns it. */
  private static final float[] X = {0, 0, 0, 1, 1, 0, 1, 1};

  private static final float[] Y = {1, 0, 0, 1, 0, 1, 1, 0};

  private static Classifier classifier(MatrixProduct product) {
    return new Classifier(2, 2, 1, product);
  }

  @Test
  void aClassifierLearns() {
    Classifier classifier = classifier(new JavaMatrixProduct("java"));
    Classifier.Score first = classifier.learn(X, Y);
    Classifier.Score last = first;
    for (int i = 0; i < 100; i++) {
      last = classifier.learn(X, Y);
    }
    assertTrue(last.loss() < 0.05 && first.loss() > 0.5, first + " " + last);
    assertArrayEquals(new int[] {0, 1, 1, 0}, classifier.best(classifier.predict(X, 4)));
    assertEquals(4, last.correct());
  }

  @Test
  void probabilitiesSumToOne() {
    float[] probabilities = classifier(new OpenBlasProduct()).predict(X, 4);
    for (int row = 0; row < 4; row++) {
      assertEquals(1, probabilities[2 * row] + probabilities[2 * row + 1], 1e-6);
    }
  }

  @Test
  void theGradientIsThatOfTheLoss() {
    // One step of Adam moves each weight against its gradient: the loss falls.
    Classifier classifier = classifier(new JavaMatrixProduct("java"));
    Classifier.Score before = classifier.score(classifier.predict(X, 4), Y);
    assertEquals(before, classifier.learn(X, Y));
    assertTrue(classifier.score(classifier.predict(X, 4), Y).loss() < before.loss());
  }

  @Test
  void scoresAdd() {
    Classifier.Score sum = new Classifier.Score(3, 1.5, 2).plus(new Classifier.Score(1, 0.5, 1));
    assertEquals(new Classifier.Score(4, 2, 3), sum);
    assertEquals(0.5, sum.loss());
    assertEquals(0.75, sum.accuracy());
  }
}
