package dev.batchmill.internal.archive;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Texts out of archives. */
final class Text {
  private static final int MAX_SHOWN = 200;

  private Text() {}

  /**
   * Decodes UTF-8, strictly.
   *
   * @throws MalformedArchiveException if the bytes are anything else
   */
  static String decode(byte[] bytes, int from, int length) throws MalformedArchiveException {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, from, length))
          .toString();
    } catch (CharacterCodingException e) {
      throw new MalformedArchiveException("the name of an entry is not UTF-8", e);
    }
  }

  /**
   * The text as it may stand in a message: on one line, without characters that act on a terminal
   * or change the direction of writing, and not endless.
   */
  static String shown(String text) {
    StringBuilder out = new StringBuilder();
    int[] points = text.codePoints().limit(MAX_SHOWN + 1L).toArray();
    for (int i = 0; i < Math.min(points.length, MAX_SHOWN); i++) {
      if (isPlain(points[i])) {
        out.appendCodePoint(points[i]);
      } else {
        out.append(String.format("\\u{%x}", points[i]));
      }
    }
    return points.length > MAX_SHOWN ? out.append('…').toString() : out.toString();
  }

  private static boolean isPlain(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
