package dev.batchmill.internal.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import org.junit.jupiter.api.Test;

/** The 16-bit floats, checked against their definition for every one of their values. */
class HalfTest {
  private static double float16(int bits) {
    int exponent = bits >> 10 & 0x1f;
    int fraction = bits & 0x3ff;
    double magnitude =
        exponent == 0 ? fraction * 0x1p-24 : (1 + fraction / 1024.0) * Math.pow(2, exponent - 15);
    return (bits & 0x8000) == 0 ? magnitude : -magnitude;
  }

  @Test
  void everyFloat16HasTheValueOfItsDefinitionAndComesBack() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      float value = Half.fromFloat16((short) bits);
      if ((bits & 0x7c00) == 0x7c00) {
        assertEquals((bits & 0x3ff) == 0, Float.isInfinite(value), Integer.toHexString(bits));
        assertEquals((bits & 0x3ff) != 0, Float.isNaN(value), Integer.toHexString(bits));
      } else {
        assertEquals((float) float16(bits), value, Integer.toHexString(bits));
      }
      if (!Float.isNaN(value)) {
        assertEquals((short) bits, Half.toFloat16(value), Integer.toHexString(bits));
      }
    }
  }

  @Test
  void valuesBetweenTwoFloat16sGoToTheNearerOneAndTiesToEven() {
    for (int bits = 0; bits < 0x7bff; bits++) {
      double low = float16(bits);
      double high = float16(bits + 1);
      float middle = (float) ((low + high) / 2);
      int even = (bits & 1) == 0 ? bits : bits + 1;
      assertEquals((short) even, Half.toFloat16(middle), () -> "tie at " + middle);
      assertEquals((short) bits, Half.toFloat16(Math.nextDown(middle)));
      assertEquals((short) (bits + 1), Half.toFloat16(Math.nextUp(middle)));
    }
  }

  @Test
  void float16OverflowsToInfinityFromTheTieUpwards() {
    assertEquals((short) 0x7bff, Half.toFloat16(Math.nextDown(65520f)));
    assertEquals((short) 0x7c00, Half.toFloat16(65520f));
    assertEquals((short) 0xfc00, Half.toFloat16(Float.NEGATIVE_INFINITY));
    assertTrue(Float.isNaN(Half.fromFloat16(Half.toFloat16(Float.NaN))));
  }

  @Test
  void everyBfloat16IsTheUpperHalfOfAFloatAndTiesGoToEven() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      float value = Half.fromBfloat16((short) bits);
      assertEquals(bits << 16, Float.floatToRawIntBits(value));
      if (!Float.isNaN(value)) {
        assertEquals((short) bits, Half.toBfloat16(value));
        if (!Float.isInfinite(value)) {
          float tie = Float.intBitsToFloat(bits << 16 | 0x8000);
          assertEquals((short) ((bits & 1) == 0 ? bits : bits + 1), Half.toBfloat16(tie));
        }
      }
    }
    assertTrue(Float.isNaN(Half.fromBfloat16(Half.toBfloat16(Float.NaN))));
  }

  @Test
  void doublesAreRoundedOnceOnTheirWayToFloat16() {
    // Just above the tie between 1 and the next float16: through a plain float it would become the
    // tie.
    double aboveTie = new BigDecimal("1.00048828125").doubleValue() + 0x1p-40;
    assertEquals((short) 0x3c01, Half.toFloat16(Half.roundToOdd(aboveTie)));
    assertEquals((short) 0x3c00, Half.toFloat16((float) aboveTie));
    assertEquals(0x1p-149f, Half.roundToOdd(1e-300));
    assertEquals(-0x1p-149f, Half.roundToOdd(-1e-300));
  }
}
