package dev.batchmill.internal.cli;

import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import org.jspecify.annotations.Nullable;

/** One line for every failure. */
final class Failures {
  private Failures() {}

  /** What went wrong, on one line. */
  static String message(Throwable failure) {
    Throwable cause = failure.getCause();
    if (failure instanceof UncheckedIOException && cause != null) {
      return message(cause);
    }
    if (failure instanceof FileSystemException file) {
      return oneLine(reason(file) + ": file=" + file.getFile());
    }
    if (failure instanceof OutOfMemoryError) {
      return oneLine(
          "not enough memory, give Java more by -Xmx: maxBytes="
              + Runtime.getRuntime().maxMemory()
              + " ("
              + failure.getMessage()
              + ")");
    }
    String message = failure.getMessage();
    // An error's message alone, such as a bare method name, says too little.
    boolean speaks = failure instanceof Exception && message != null && !message.isBlank();
    return oneLine(speaks ? message : failure.toString());
  }

  /** The JDK says for most of these only the file's name. */
  private static String reason(FileSystemException failure) {
    if (failure.getReason() != null) {
      return failure.getReason();
    }
    if (failure instanceof NoSuchFileException) {
      return "file does not exist";
    }
    if (failure instanceof AccessDeniedException) {
      return "access is denied";
    }
    if (failure instanceof FileAlreadyExistsException) {
      return "file exists already";
    }
    if (failure instanceof DirectoryNotEmptyException) {
      return "directory is not empty";
    }
    if (failure instanceof NotDirectoryException) {
      return "file is not a directory";
    }
    return failure.getClass().getSimpleName();
  }

  /** The text with its line breaks turned into spaces. */
  static String oneLine(@Nullable String text) {
    return text == null ? "" : text.strip().replaceAll("\\s*\\R\\s*", " ");
  }
}
