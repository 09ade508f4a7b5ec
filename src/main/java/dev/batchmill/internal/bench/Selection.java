package dev.batchmill.internal.bench;

import java.util.List;

/**
 * Some operations of a group, by their numbers, as another process knows them too.
 *
 * @param group the number of the group in the catalog
 * @param operations the numbers of operations in the group
 */
record Selection(int group, List<Integer> operations) {}
