package dev.batchmill.internal.bind;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Gives a library to the system's loader, and tells in our words what that one says in its own. */
final class SystemLoader {
  private static final Pattern SYMBOL_VERSION =
      Pattern.compile("(\\S+): version [`']([^`']+)[`'] not found");

  private static final Pattern MISSING =
      Pattern.compile("(\\S+): cannot open shared object file: No such file");

  private static final Pattern FOREIGN =
      Pattern.compile("invalid ELF header|file too short|wrong ELF class|Possible cause: ");

  private static final Pattern FOR_MUSL = Pattern.compile("\\blibc\\.(musl-\\S+|so):");

  private SystemLoader() {}

  /**
   * Loads a file for the class loader of this class.
   *
   * @return false if another class loader has it: then a copy of the file can be loaded
   */
  static boolean load(LibraryFile library, Path file) throws LoadFailure {
    try {
      System.load(file.toString());
      return true;
    } catch (UnsatisfiedLinkError e) {
      String message = String.valueOf(e.getMessage());
      if (message.contains("already loaded in another classloader")) {
        return false;
      }
      throw explain(library, file, message, CLibrary.current(), e);
    } catch (IllegalCallerException e) {
      throw library.failure(
          "this Java refuses native code",
          "file=%s, error=%s".formatted(file, e.getMessage()),
          "start Java with " + NativeAccess.flag(),
          e);
    } catch (LinkageError e) {
      throw library.failure(
          "the native library does not go with the JavaCPP on the class path",
          "file=%s, error=%s".formatted(file, e),
          "make it org.bytedeco:javacpp:" + JavaCpp.BUILT_WITH,
          e);
    }
  }

  /** What the system's loader says, in our words. */
  static LoadFailure explain(
      LibraryFile library, Path file, String message, CLibrary cLibrary, Throwable cause) {
    String at = "file=" + file;
    String prefix = file + ": ";
    String error = message;
    while (error.startsWith(prefix)) {
      error = error.substring(prefix.length());
    }
    String said = at + ", error=" + error.strip();
    if (cLibrary.isMusl()) {
      return library.failure(
          "the natives need glibc, and this Java runs on musl",
          said,
          "use an image of Java with glibc, such as Debian's, or the Java kernels",
          cause);
    }
    Matcher version = SYMBOL_VERSION.matcher(message);
    if (version.find()) {
      return library.failure(
          "a system library is too old for the natives",
          "%s, needs=%s, library=%s, C library=%s"
              .formatted(at, version.group(2), version.group(1), cLibrary),
          "use a newer system, or the Java kernels",
          cause);
    }
    if (FOR_MUSL.matcher(message).find()) {
      return library.failure(
          "the native library is built for musl, and this Java runs on glibc",
          said,
          replace(library),
          cause);
    }
    if (message.contains("failed to map segment")) {
      return library.failure(
          "the native library lies where no code may run",
          said,
          "name a directory that is not mounted noexec by -Dorg.bytedeco.javacpp.cachedir=DIR",
          cause);
    }
    // Of a library for another processor Linux says that it is not there; Java adds why.
    if (FOREIGN.matcher(message).find()) {
      return library.failure(
          "the native library is no library for this platform", said, replace(library), cause);
    }
    Matcher missing = MISSING.matcher(message);
    if (missing.find()) {
      return library.failure(
          "the native library needs one that is not there",
          "%s, missing=%s".formatted(at, missing.group(1)),
          "install the package that has it",
          cause);
    }
    return library.failure("the native library cannot be loaded", said, replace(library), cause);
  }

  private static String replace(LibraryFile library) {
    return "replace the jar of " + library.artifact();
  }
}
