package dev.batchmill.internal.archive;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes the entries of one archive into an empty directory that nobody else writes to.
 *
 * <p>Nothing is written outside it, whatever the archive holds: names are checked before anything
 * is made; files are only ever created, never opened; no symbolic link exists before all else is
 * written, so none is ever followed; then each link is checked against the whole tree before the
 * first is made. Hard links go only to files written before. Devices, FIFOs and sockets are
 * refused. Kept are the owner's right to execute and the time of modification of files and
 * directories; owners, attributes and set-id bits are not, nor the times of symbolic links.
 */
final class Extraction {
  private static final int BUFFER_BYTES = 256 * 1024;
  private static final Set<OpenOption> CREATE =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);

  /** For a file that this extraction made; no symbolic link is there yet. */
  private static final Set<OpenOption> REOPEN =
      Set.of(StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);

  private final ArchiveReader reader;
  private final long archiveBytes;
  private final Path root;
  private final ExtractionLimits limits;
  private final Charset fileNames;
  private final LongConsumer listener;
  private final ExtractedTree tree;
  private final List<ExtractedTree.Node> symbolicLinks = new ArrayList<>();
  private final Map<Path, FileTime> directoryTimes = new HashMap<>();
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private final FileAttribute<?>[] plain;
  private final FileAttribute<?>[] executable;

  private @Nullable String current;
  private long entries;
  private long files;
  private long directories;
  private long links;
  private long bytes;

  Extraction(
      ArchiveReader reader,
      long archiveBytes,
      Path root,
      ExtractionLimits limits,
      Charset fileNames,
      LongConsumer listener) {
    this.reader = reader;
    this.archiveBytes = archiveBytes;
    this.root = root;
    this.limits = limits;
    this.fileNames = fileNames;
    this.listener = listener;
    this.tree = new ExtractedTree(limits.maxMemoryBytes());
    boolean posix = root.getFileSystem().supportedFileAttributeViews().contains("posix");
    this.plain = permissions(posix, "rw-r--r--");
    this.executable = permissions(posix, "rwxr-xr-x");
  }

  private static FileAttribute<?>[] permissions(boolean posix, String permissions) {
    return posix
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }

  /** The name of the entry that is being extracted, as the archive spells it; null between. */
  @Nullable String current() {
    return current;
  }

  /** Extracts every entry. */
  void run() throws IOException {
    Entry entry;
    while ((entry = reader.next()) != null) {
      current = entry.name();
      countEntry();
      extract(entry);
      current = null;
    }
    for (ExtractedTree.Node link : symbolicLinks) {
      current = link.path();
      tree.requireInside(link);
    }
    for (ExtractedTree.Node link : symbolicLinks) {
      current = link.path();
      Files.createSymbolicLink(root.resolve(link.path()), Path.of(String.valueOf(link.target())));
    }
    current = null;
    // Last: what is made in a directory changes its time.
    for (Map.Entry<Path, FileTime> directory : directoryTimes.entrySet()) {
      setTime(directory.getKey(), directory.getValue());
    }
  }

  private static void setTime(Path path, FileTime time) throws IOException {
    Files.getFileAttributeView(path, BasicFileAttributeView.class).setTimes(time, time, null);
  }

  private void countEntry() throws MalformedArchiveException {
    if (++entries > limits.maxEntries()) {
      throw new MalformedArchiveException(
          "the archive has too many entries: limit=" + limits.maxEntries());
    }
  }

  ExtractionSummary summary(Path destination) {
    return new ExtractionSummary(destination, files, directories, links, bytes);
  }

  private void extract(Entry entry) throws IOException {
    List<String> name = EntryName.components(entry.name(), limits);
    EntryName.requireSpellable(entry.name(), fileNames);
    if (entry.encrypted()) {
      throw new MalformedArchiveException("the entry is encrypted");
    }
    if (entry.type() == Entry.Type.OTHER) {
      throw new MalformedArchiveException("the entry is a device, FIFO or socket");
    }
    if (name.isEmpty()) {
      if (entry.type() != Entry.Type.DIRECTORY) {
        throw new MalformedArchiveException("the entry would replace the destination");
      }
      keepTime(entry, root);
      return;
    }
    for (int depth = 1; depth < name.size(); depth++) {
      if (makeDirectory(name.subList(0, depth))) {
        countEntry();
      }
    }
    if (entry.type() == Entry.Type.DIRECTORY) {
      makeDirectory(name);
      keepTime(entry, path(name));
      return;
    }
    ExtractedTree.Node other = tree.find(name);
    if (other != null) {
      throw meeting(name, other);
    }
    switch (entry.type()) {
      case FILE -> writeFile(entry, name);
      case HARD_LINK -> makeHardLink(entry, name);
      default -> keepSymbolicLink(entry, name);
    }
  }

  private void keepTime(Entry entry, Path directory) {
    if (entry.modified() != null) {
      directoryTimes.put(directory, entry.modified());
    }
  }

  /** Whether the directory was not there yet. */
  private boolean makeDirectory(List<String> name) throws IOException {
    ExtractedTree.Node other = tree.find(name);
    if (other == null) {
      Files.createDirectory(path(name), executable);
      tree.add(name, Entry.Type.DIRECTORY, null);
      directories++;
      return true;
    }
    if (other.type() != Entry.Type.DIRECTORY || !other.path().equals(String.join("/", name))) {
      throw meeting(name, other);
    }
    return false;
  }

  private static MalformedArchiveException meeting(List<String> name, ExtractedTree.Node other) {
    String path = String.join("/", name);
    String what =
        other.path().equals(path)
            ? "the name is there already"
            : "the name differs from another only in case or composition";
    return new MalformedArchiveException(what + ": other=" + Text.shown(other.path()));
  }

  private Path path(List<String> name) throws IOException {
    try {
      return root.resolve(String.join("/", name));
    } catch (InvalidPathException e) {
      throw new MalformedArchiveException("this system cannot spell the name", e);
    }
  }

  private void writeFile(Entry entry, List<String> name) throws IOException {
    requireRoom(entry);
    Path path = path(name);
    writeData(entry, path, CREATE, entry.executable() ? executable : plain);
    tree.add(name, Entry.Type.FILE, null);
    files++;
  }

  private void requireRoom(Entry entry) throws MalformedArchiveException {
    requireAtMost("the file is too long", entry.size(), limits.maxEntryBytes());
    if (entry.size() > limits.maxBytes() - bytes) {
      throw new MalformedArchiveException(
          "the files are too long together: limit=" + limits.maxBytes());
    }
  }

  private void writeData(
      Entry entry, Path path, Set<OpenOption> options, FileAttribute<?>[] attributes)
      throws IOException {
    long written = 0;
    try (WritableByteChannel out = Files.newByteChannel(path, options, attributes)) {
      buffer.clear();
      while (reader.read(buffer) >= 0) {
        buffer.flip();
        written += buffer.remaining();
        bytes += buffer.remaining();
        check(entry, written);
        while (buffer.hasRemaining()) {
          out.write(buffer);
        }
        buffer.clear();
        listener.accept(bytes);
      }
    }
    if (entry.size() >= 0 && written != entry.size()) {
      throw new MalformedArchiveException(
          "the file is shorter than it says: bytes=" + written + ", expected=" + entry.size());
    }
    if (entry.modified() != null) {
      setTime(path, entry.modified());
    }
  }

  private void check(Entry entry, long written) throws MalformedArchiveException {
    if (entry.size() >= 0) {
      requireAtMost("the file is longer than it says", written, entry.size());
    }
    requireAtMost("the file is too long", written, limits.maxEntryBytes());
    requireAtMost("the files are too long together", bytes, limits.maxBytes());
    if (bytes > limits.ratioFreeBytes() && bytes / limits.maxRatio() >= archiveBytes) {
      throw new MalformedArchiveException(
          "the archive unpacks to too much: bytes="
              + bytes
              + ", archiveBytes="
              + archiveBytes
              + ", maxRatio="
              + limits.maxRatio());
    }
  }

  private static void requireAtMost(String otherwise, long value, long limit)
      throws MalformedArchiveException {
    if (value > limit) {
      throw new MalformedArchiveException(otherwise + ": bytes=" + value + ", limit=" + limit);
    }
  }

  private void makeHardLink(Entry entry, List<String> name) throws IOException {
    List<String> target = EntryName.components(target(entry), limits);
    ExtractedTree.Node node = tree.find(target);
    if (node == null
        || node.type() != Entry.Type.FILE
        || !node.path().equals(String.join("/", target))) {
      throw new MalformedArchiveException(
          "the hard link goes to no file before it: target=" + Text.shown(target(entry)));
    }
    Path path = path(name);
    Files.createLink(path, path(target));
    tree.add(name, Entry.Type.FILE, null);
    links++;
    if (entry.size() > 0) {
      // The data of a cpio's file comes with the last of its links, or with each of them.
      if (Files.size(path) > 0) {
        requireSameData(entry, path);
      } else {
        requireRoom(entry);
        writeData(entry, path, REOPEN, new FileAttribute<?>[0]);
      }
    }
  }

  private void requireSameData(Entry entry, Path path) throws IOException {
    ByteBuffer data = ByteBuffer.allocateDirect(buffer.capacity());
    boolean same = entry.size() == Files.size(path);
    try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
      while (same && reader.read(data.clear()) >= 0) {
        buffer.clear().limit(data.flip().remaining());
        while (buffer.hasRemaining() && file.read(buffer) >= 0) {
          // Until it is full.
        }
        same = buffer.flip().equals(data);
      }
    }
    if (!same) {
      throw new MalformedArchiveException(
          "the hard link has other data than its file: target=" + Text.shown(target(entry)));
    }
  }

  /** Links are made when all else is there. */
  private void keepSymbolicLink(Entry entry, List<String> name) throws IOException {
    String target = target(entry);
    EntryName.requireNoControls(target, "the target of the link");
    if (target.isEmpty() || target.indexOf('\\') >= 0 || EntryName.isAbsolute(target)) {
      throw new MalformedArchiveException(
          "the target of the link is no relative path: target=" + Text.shown(target));
    }
    EntryName.requireSpellable(target, fileNames);
    symbolicLinks.add(tree.add(name, Entry.Type.SYMBOLIC_LINK, target));
    links++;
  }

  private static String target(Entry entry) throws MalformedArchiveException {
    if (entry.link() == null) {
      throw new MalformedArchiveException("the link has no target that is UTF-8");
    }
    return entry.link();
  }
}
