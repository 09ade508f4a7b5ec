package dev.batchmill.internal.archive;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is extracted so far, by name: finds names that meet, and where links lead. Since the tree
 * lies in a directory of ours and links are made last, this is what the disk holds.
 */
final class ExtractedTree {
  /** As Linux: more is a loop. */
  private static final int MAX_LINKS_FOLLOWED = 40;

  /** About what a node takes beside its name: the node, the key, the map's entry. */
  private static final long NODE_BYTES = 200;

  private final Map<String, Node> nodes = new HashMap<>();
  private final long maxMemoryBytes;
  private long memoryBytes;

  ExtractedTree(long maxMemoryBytes) {
    this.maxMemoryBytes = maxMemoryBytes;
  }

  /**
   * Something extracted.
   *
   * @param path its path, components joined by "/"
   * @param type what it is; a hard link is a file
   * @param target what a symbolic link holds
   */
  record Node(String path, Entry.Type type, @Nullable String target) {}

  @Nullable Node find(List<String> components) {
    return nodes.get(EntryName.key(String.join("/", components)));
  }

  /**
   * Adds a node under a name that {@link #find} does not find.
   *
   * @throws MalformedArchiveException if all names together take too much memory
   */
  Node add(List<String> components, Entry.Type type, @Nullable String target)
      throws MalformedArchiveException {
    String path = String.join("/", components);
    Node node = new Node(path, type, target);
    // Path and key, of one or two bytes a character.
    memoryBytes += NODE_BYTES + 2L * (path.length() + (target == null ? 0 : target.length()));
    if (memoryBytes > maxMemoryBytes) {
      throw new MalformedArchiveException(
          "the names need more memory than allowed: limit=" + maxMemoryBytes);
    }
    nodes.put(EntryName.key(path), node);
    return node;
  }

  /**
   * Checks that a symbolic link leads to a place inside the tree, through whatever other links.
   *
   * @throws MalformedArchiveException if it leads out of it, or round in a circle
   */
  void requireInside(Node link) throws MalformedArchiveException {
    Deque<String> ahead = new ArrayDeque<>(List.of(link.path().split("/")));
    List<String> reached = new ArrayList<>();
    int followed = 0;
    boolean exists = true;
    while (!ahead.isEmpty()) {
      String component = ahead.pop();
      if (component.isEmpty() || component.equals(".")) {
        continue;
      }
      if (component.equals("..")) {
        if (!exists || reached.isEmpty()) {
          throw new MalformedArchiveException(
              exists ? "the link leads out of the destination" : "the link climbs out of nothing");
        }
        reached.remove(reached.size() - 1);
        continue;
      }
      reached.add(component);
      Node node = exists ? find(reached) : null;
      if (node == null || node.type() == Entry.Type.FILE) {
        exists = false;
      } else if (node.target() != null) {
        if (++followed > MAX_LINKS_FOLLOWED) {
          throw new MalformedArchiveException("the link leads through too many links");
        }
        reached.remove(reached.size() - 1);
        List<String> target = Arrays.asList(node.target().split("/"));
        for (int i = target.size() - 1; i >= 0; i--) {
          ahead.push(target.get(i));
        }
      }
    }
  }
}
