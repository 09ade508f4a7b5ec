package dev.batchmill.internal.status;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.batchmill.error.DeviceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class NativeStatusTest {
  @Test
  void theCodesAreTheHeaders() throws IOException {
    String header = Files.readString(Path.of("cpp/include/batchmill/batchmill.h"));
    Matcher body =
        Pattern.compile("typedef enum bm_status \\{(.*?)\\}", Pattern.DOTALL).matcher(header);
    assertEquals(true, body.find());
    Map<Integer, String> expected = new TreeMap<>();
    Matcher constant = Pattern.compile("BM_(\\w+) = (\\d+)").matcher(body.group(1));
    while (constant.find()) {
      expected.put(Integer.parseInt(constant.group(2)), constant.group(1));
    }
    Map<Integer, String> seen = new TreeMap<>();
    for (NativeStatus status : NativeStatus.values()) {
      seen.put(status.code(), status.name());
    }
    assertEquals(expected, seen);
  }

  @Test
  void everyCodeHasItsException() {
    assertDoesNotThrow(() -> NativeStatus.check(0));
    assertEquals(
        "native code refused an argument: status=BM_INVALID_ARGUMENT",
        assertThrows(IllegalArgumentException.class, () -> NativeStatus.check(1)).getMessage());
    assertEquals(
        "native code ran out of memory: status=BM_OUT_OF_MEMORY",
        assertThrows(OutOfMemoryError.class, () -> NativeStatus.check(2)).getMessage());
    assertEquals(
        "the device failed: status=BM_DEVICE_FAILURE",
        assertThrows(DeviceException.class, () -> NativeStatus.check(3)).getMessage());
    assertEquals(
        "native code returned no known status: 99",
        assertThrows(IllegalStateException.class, () -> NativeStatus.check(99)).getMessage());
  }
}
