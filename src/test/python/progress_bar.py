"""Writes the golden vectors of ProgressBarGoldenTest: what keras.utils.Progbar draws.

    python3 src/test/python/progress_bar.py > src/test/resources/dev/batchmill/progress/keras_progbar.tsv

Time stands still between updates and is a multiple of 1/64 s, so that every difference of times is exact.
Lines: bar (verbose, target, width, unit, stateful, stateless), then its updates (nanoseconds since the start,
current, finalize, metrics as name=hexadecimal float, text drawn with escapes). "-" stands for None and for nothing.
"""

import math
import platform
import random

import keras
import numpy
from keras.src.utils import io_utils, progbar

NOW = 1024.0
DRAWN = []
ESCAPES = str.maketrans({"\x1b": r"\e", "\r": r"\r", "\n": r"\n"})


class Clock:
    @staticmethod
    def time():
        return NOW


class Terminal:
    @staticmethod
    def isatty():
        return True


class System:
    stdout = Terminal
    modules = {}


progbar.time = Clock
progbar.sys = System
progbar.io_utils = io_utils
io_utils.print_msg = lambda message, line_break=True: DRAWN.append(message)


def listed(names):
    return "-" if names is None else ",".join(names) or ","


def sequence(updates, verbose=1, target=None, width=20, unit="step", stateful=None, stateless=None):
    global NOW
    NOW = 1024.0
    bar = keras.utils.Progbar(
        target, width=width, verbose=verbose, unit_name=unit, stateful_metrics=stateful, stateless_metrics=stateless
    )
    print("bar", verbose, "-" if target is None else target, width, unit, listed(stateful), listed(stateless), sep="\t")
    for ticks, current, finalize, values in updates:
        NOW = 1024.0 + ticks / 64
        DRAWN.clear()
        bar.update(current, values, finalize=finalize)
        metrics = ",".join(f"{name}={float(value).hex()}" for name, value in values) or "-"
        # Keras goes back by backspaces before its carriage return; ProgressBar does without them.
        drawn = "".join(DRAWN).replace("\b", "").translate(ESCAPES) or "-"
        end = "-" if finalize is None else str(finalize).lower()
        print("update", ticks * 15_625_000, current, end, metrics, drawn, sep="\t")


def steps(target, ticks, values, finalize=None):
    return [(i * ticks, i, finalize, values(i)) for i in range(1, target + 1)]


print(f"# keras {keras.__version__}, numpy {numpy.__version__}, python {platform.python_version()}")
rng = random.Random(20261122)


def loss(i):
    return [("loss", 1 / i), ("accuracy", 1 - 1 / (i + 1))]


for verbose in (0, 1, 2):
    sequence(steps(10, 7, loss), verbose=verbose, target=10)
    sequence(steps(7, 200, loss), verbose=verbose, target=7, width=30, unit="sample")
    sequence(steps(12, 90, loss), verbose=verbose)
    sequence(steps(12, 90, loss, finalize=False) + [(1100, 12, True, loss(20))], verbose=verbose)
    sequence(steps(12, 90, loss, finalize=False) + [(1100, 12, True, loss(20))], verbose=verbose, target=12)
    sequence([(5, 0, None, []), (9, 0, None, [("a", 0.5)])], verbose=verbose, target=0)
    sequence([(3, 0, None, [("a", 1.0)]), (80, 5, None, [("a", 3.0)])], verbose=verbose, target=5)
    sequence(steps(5, 64, loss), verbose=verbose, target=5, stateful=["loss"])
    sequence(steps(5, 64, loss), verbose=verbose, target=5, stateless=["loss"])
    sequence(steps(5, 64, loss), verbose=verbose, target=5, stateful=[])
    # Uneven steps weigh the averages; the same step twice counts as one; late metrics join at the end.
    sequence(
        [(10, 3, None, [("x", 2.0)]), (20, 50, None, [("x", 4.0)]), (30, 50, None, [("x", 9.0), ("y", -7.0)]),
         (40, 90, None, [("y", 0.25)]), (50, 40, None, [("x", 1.0)]), (60, 100, None, [("x", 0.125)])],
        verbose=verbose, target=100)
    special = [0.0, -0.0, 1e-3, 0.0010000001, -1e-3, -0.0011, 9.99995, 0.00099995, 9.9999e-5, 9.99999e-5, 1e300,
               -1e-300, 5e-324, 0.00005, 2.5, 0.12345, 0.12335, 1.00005, 123456789.0, math.nan, math.inf, -math.inf]
    for value in special:
        sequence([(64, 1, True, [("v", value)])], verbose=verbose, target=1)
    # Times per step from microseconds to hours, and times left of each form.
    for target, current, ticks in [(10**9, 10**6, 64), (10**6, 100, 1), (1000, 2, 64), (100, 2, 640), (1000, 3, 32 * 64),
                                   (10**4, 4, 64 * 500), (64, 32, 160), (121, 61, 64 * 61), (7201, 1, 64)]:
        sequence([(ticks, current, None, [])], verbose=verbose, target=target)
        sequence([(3, 1, None, []), (ticks + 3, current + 1, None, []), (ticks + 9, target, None, [])],
                 verbose=verbose, target=target)

for _ in range(60):
    target = rng.choice([None, rng.randrange(1, 2000)])
    current, ticks, updates = 0, 0, []
    for _ in range(rng.randrange(1, 30)):
        current = min(current + rng.randrange(0, 200), target or 10**9)
        ticks += rng.randrange(0, 300)
        values = [(n, rng.gauss(0, 1) * 10 ** rng.randrange(-6, 6)) for n in ("a", "b", "c") if rng.random() < 0.7]
        updates.append((ticks, current, rng.choice([None, None, False]), values))
        if target is not None and current >= target:
            break
    sequence(updates, target=target, verbose=rng.choice([1, 1, 2]), width=rng.randrange(1, 40),
             stateful=rng.choice([None, ["a"], ["b", "c"]]))
