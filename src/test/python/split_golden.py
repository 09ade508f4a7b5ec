"""Writes the golden vectors of DatasetSplitterTest from the real keras.utils.split_dataset.

Usage: KERAS_BACKEND=tensorflow python split_golden.py OUTPUT_DIRECTORY

split-sizes.golden: one line `n left right -> leftRows rightRows` or `… -> RULE` for each case; a
size is `-` when absent, has a point when it is a fraction, and RULE names the check that refused.
split-grid.golden: one line `fraction left right` for each of many fractions: SHA-256 of the int64 left
sizes of n = 1, 2, ... 1000 by that left fraction, and by that right fraction; -1 where Keras refuses.
split-rows.golden: one line `n left right seed -> left rows | right rows` for each shuffled split on
the TensorFlow backend.
split-torch.golden: one line `n left right seed -> left sha | right sha` for each shuffled split on the
torch backend, SHA-256 of the int64 rows; both of torch's algorithms.
"""

import hashlib
import itertools
import pathlib
import sys

import keras
import numpy as np
import tensorflow as tf
import torch
from keras.src.utils.dataset_utils import _rescale_dataset_split_sizes

RULES = {
    "Both `left_size` and `right_size` are zero": "ZERO",
    "`left_size` should be either": "LEFT",
    "`right_size` should be either": "RIGHT",
    "The sum of `left_size` and `right_size` is greater": "FRACTIONS",
    "The sum of `left_size` and `right_size` should": "SUM",
    "Resulting left side": "EMPTY_LEFT",
    "Resulting right side": "EMPTY_RIGHT",
}
FRACTIONS = [0.0, 0.01, 0.05, 0.1, 0.15, 0.25, 0.3, 1 / 3, 0.35, 0.5, 0.65, 2 / 3, 0.7, 0.75, 0.8,
             0.9, 0.95, 0.99, 1.0, 1.5, -0.25]
ROWS = [1, 2, 3, 5, 7, 8, 10, 64, 65, 1797, 2**31 - 9, 10**12 + 1]
SHUFFLES = [(2, 1, None), (3, 0.5, 0.34), (10, 0.8, None), (20, None, 0.25), (20, 5, 5), (100, 0.3, 0.3),
            (625, 0.5, None)]
TORCH = [(2, 1, None), (3, 0.5, None), (10, 0.8, None), (20, None, 0.25), (20, 5, 15), (625, 0.5, None),
         (19999, 0.8, None), (20000, 0.8, None), (65537, None, 0.1), (200000, 0.7, None)]
SEEDS = [0, 1, 7, 1337, 2**31 - 1, 2**32, 2**62 + 3]


def counts(n):
    return sorted({-1, 0, 1, 2, n // 2, n - 1, n, n + 1})


def sizes(n, left, right):
    try:
        return "%d %d" % _rescale_dataset_split_sizes(left, right, n)
    except ValueError as error:
        return next(rule for text, rule in RULES.items() if text in str(error))


def text(size):
    return "-" if size is None else repr(size)


def refused(n, size):
    """Whether a size is out of range by itself."""
    return size is not None and sizes(n, size, None) in ("LEFT", "ZERO")


def size_lines():
    for n in ROWS:
        choices = [None] + FRACTIONS + counts(n)
        for left, right in itertools.product(choices, choices):
            neither = left is None and right is None
            zero = left == 0 and right == 0
            if not neither and (zero or not (refused(n, left) and refused(n, right))):
                yield f"{n} {text(left)} {text(right)} -> {sizes(n, left, right)}"


def rows(dataset):
    return " ".join(str(int(row)) for row in dataset)


def row_lines():
    for (n, left, right), seed in itertools.product(SHUFFLES, SEEDS):
        sides = keras.utils.split_dataset(
            np.arange(n), left_size=left, right_size=right, shuffle=True, seed=seed)
        yield f"{n} {text(left)} {text(right)} {seed} -> {rows(sides[0])} | {rows(sides[1])}"


def sha(numbers):
    return hashlib.sha256(np.asarray(numbers, "<i8").tobytes()).hexdigest()


def left_size(n, left, right):
    try:
        return _rescale_dataset_split_sizes(left, right, n)[0]
    except ValueError:
        return -1


def grid_lines():
    fractions = [i / 1000 for i in range(1, 1000)] + [i / 7 for i in range(1, 7)] + [i / 9 for i in range(1, 9)]
    for fraction in fractions:
        left = sha([left_size(n, fraction, None) for n in range(1, 1001)])
        right = sha([left_size(n, None, fraction) for n in range(1, 1001)])
        yield f"{fraction!r} {left} {right}"


def torch_lines():
    for (n, left, right), seed in itertools.product(TORCH, SEEDS):
        sides = keras.utils.split_dataset(
            np.arange(n), left_size=left, right_size=right, shuffle=True, seed=seed, preferred_backend="torch")
        shas = [sha(side.indices) for side in sides]
        yield f"{n} {text(left)} {text(right)} {seed} -> {shas[0]} | {shas[1]}"


def main():
    directory = pathlib.Path(sys.argv[1])
    versions = (f"# keras {keras.__version__}, {keras.backend.backend()} {tf.__version__}, torch"
                f" {torch.__version__}, numpy {np.__version__}, Python {sys.version.split()[0]}; made by split_golden.py")
    for name, lines in [("split-sizes", size_lines()), ("split-grid", grid_lines()), ("split-rows", row_lines()),
                        ("split-torch", torch_lines())]:
        (directory / f"{name}.golden").write_text("\n".join([versions, *lines]) + "\n")


main()
