package dev.batchmill.progress;

import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where a bar and those nested in it go.
 *
 * @param screen the lines of a terminal; null where there is none to draw on
 * @param sink takes a bar's states where there is no screen
 * @param summary takes the last state of a bar that shows nothing else
 * @param interval the least time between two drawings, unless a bar sets its own
 * @param colour whether colours are wanted
 * @param lines whether box-drawing lines can be shown
 */
record Display(
    @Nullable Screen screen,
    Consumer<Progress> sink,
    Consumer<Progress> summary,
    Duration interval,
    boolean colour,
    boolean lines) {}
