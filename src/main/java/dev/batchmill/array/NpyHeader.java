package dev.batchmill.array;

import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The header of a {@code .npy} file: a Python dictionary with the keys {@code descr}, {@code
 * fortran_order} and {@code shape} in any order.
 */
record NpyHeader(DType dtype, ByteOrder order, boolean fortranOrder, Shape shape) {
  private static final Pattern ITEM =
      Pattern.compile(
          "\\s*(?:'(\\w+)'|\"(\\w+)\")\\s*:\\s*"
              + "(?:'([^'\\\\]*)'|\"([^\"\\\\]*)\"|(True|False)|\\(([^()]*)\\)|(\\[.*\\]))\\s*(,|$)",
          Pattern.DOTALL);
  private static final Pattern SHAPE =
      Pattern.compile(
          "\\s*|\\s*\\d{1,19}L?\\s*,\\s*|\\s*\\d{1,19}L?(?:\\s*,\\s*\\d{1,19}L?)+\\s*,?\\s*");

  /** The reason why a header is refused. */
  static final class Malformed extends Exception {
    private static final long serialVersionUID = 1L;

    Malformed(String message) {
      super(message);
    }
  }

  static NpyHeader parse(String text) throws Malformed {
    String dictionary = text.strip();
    if (!dictionary.startsWith("{") || !dictionary.endsWith("}")) {
      throw new Malformed("header must be a dictionary: header=" + dictionary);
    }
    String descr = null;
    String fortranOrder = null;
    String shape = null;
    Matcher items = ITEM.matcher(dictionary.substring(1, dictionary.length() - 1).strip());
    int end = 0;
    while (end < items.regionEnd()) {
      if (!items.find(end) || items.start() != end) {
        throw new Malformed("header cannot be read: header=" + dictionary);
      }
      end = items.end();
      String key = items.group(1) != null ? items.group(1) : items.group(2);
      if (key.equals("descr") && descr == null) {
        descr = items.group(3) != null ? items.group(3) : items.group(4);
        if (descr == null) {
          throw new Malformed("structured and nested dtypes cannot be read: header=" + dictionary);
        }
      } else if (key.equals("fortran_order") && fortranOrder == null && items.group(5) != null) {
        fortranOrder = items.group(5);
      } else if (key.equals("shape") && shape == null && items.group(6) != null) {
        shape = items.group(6);
      } else {
        throw new Malformed(
            "header must hold descr, fortran_order and shape, once each: header=" + dictionary);
      }
    }
    if (descr == null || fortranOrder == null || shape == null) {
      throw new Malformed(
          "header must hold descr, fortran_order and shape, once each: header=" + dictionary);
    }
    return new NpyHeader(dtype(descr), order(descr), fortranOrder.equals("True"), shape(shape));
  }

  private static DType dtype(String descr) throws Malformed {
    return switch (descr.isEmpty() ? "" : descr.substring(1)) {
      case "f2" -> DType.FLOAT16;
      case "f4" -> DType.FLOAT32;
      case "f8" -> DType.FLOAT64;
      case "i1" -> DType.INT8;
      case "i2" -> DType.INT16;
      case "i4" -> DType.INT32;
      case "i8" -> DType.INT64;
      case "u1" -> DType.UINT8;
      case "b1" -> DType.BOOL;
      default ->
          throw new Malformed(
              "dtype is none of float16, float32, float64, int8, int16, int32, int64, uint8, bool:"
                  + " descr="
                  + descr);
    };
  }

  private static ByteOrder order(String descr) throws Malformed {
    return switch (descr.charAt(0)) {
      case '<' -> ByteOrder.LITTLE_ENDIAN;
      case '>' -> ByteOrder.BIG_ENDIAN;
      case '|', '=' -> ByteOrder.nativeOrder();
      default -> throw new Malformed("byte order is none of < > | =: descr=" + descr);
    };
  }

  private static Shape shape(String text) throws Malformed {
    if (!SHAPE.matcher(text).matches()) {
      throw new Malformed("shape must be a tuple of sizes: shape=(" + text + ")");
    }
    try {
      return Shape.of(
          Arrays.stream(text.replace("L", "").split(","))
              .map(String::strip)
              .filter(size -> !size.isEmpty())
              .mapToLong(Long::parseLong)
              .toArray());
    } catch (IllegalArgumentException e) {
      throw new Malformed("shape is too large: shape=(" + text + ")");
    }
  }

  /**
   * The bytes from the magic to the end of the header, padded to a multiple of 64 as NumPy does.
   */
  byte[] toBytes() {
    StringBuilder sizes = new StringBuilder();
    for (long size : shape.toArray()) {
      sizes.append(sizes.isEmpty() ? "" : " ").append(size).append(',');
    }
    if (shape.rank() > 1) {
      sizes.setLength(sizes.length() - 1);
    }
    String dictionary =
        "{'descr': '"
            + descr()
            + "', 'fortran_order': "
            + (fortranOrder ? "True" : "False")
            + ", 'shape': ("
            + sizes
            + "), }";
    int version = dictionary.length() + Npy.ALIGNMENT > 0xffff ? 2 : 1;
    int prefix = version == 1 ? 10 : 12;
    int total = (prefix + dictionary.length() + 1 + Npy.ALIGNMENT - 1) & -Npy.ALIGNMENT;
    byte[] bytes = new byte[total];
    Arrays.fill(bytes, (byte) ' ');
    System.arraycopy(Npy.MAGIC, 0, bytes, 0, Npy.MAGIC.length);
    bytes[6] = (byte) version;
    bytes[7] = 0;
    int length = total - prefix;
    for (int i = 8; i < prefix; i++) {
      bytes[i] = (byte) (length >>> (8 * (i - 8)));
    }
    byte[] ascii = dictionary.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(ascii, 0, bytes, prefix, ascii.length);
    bytes[total - 1] = '\n';
    return bytes;
  }

  private String descr() {
    String prefix = dtype.byteSize() == 1 ? "|" : order == ByteOrder.LITTLE_ENDIAN ? "<" : ">";
    return prefix
        + switch (dtype) {
          case FLOAT16 -> "f2";
          case FLOAT32 -> "f4";
          case FLOAT64 -> "f8";
          case INT8 -> "i1";
          case INT16 -> "i2";
          case INT32 -> "i4";
          case INT64 -> "i8";
          case UINT8 -> "u1";
          case BOOL -> "b1";
          case BFLOAT16 ->
              throw new IllegalArgumentException(
                  "NumPy has no bfloat16, convert the array first: dtype=bfloat16");
        };
  }
}
