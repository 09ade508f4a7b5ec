"""Writes the golden vectors of the splitters' rules beyond Keras from the real scikit-learn.

Usage: python split_sklearn_golden.py OUTPUT_DIRECTORY

split-sklearn.golden holds one case a line, `rule arguments -> result`; lists have commas and no spaces.

stratify LABELS TRAIN TEST -> COUNTS...       train_test_split(stratify=LABELS): each way in which it counts
                                              the classes, in the order of the labels, as TRAIN/TEST
group-sizes GROUPS TRAIN TEST -> TRAIN TEST   GroupShuffleSplit's numbers of groups, `-` being absent, or ERROR
kfold N K -> FOLDS                            the fold of each row
kfold-shuffled N K SEED -> FOLDS              with shuffle=True, random_state=SEED
stratified-kfold LABELS K -> FOLDS            StratifiedKFold
group-kfold IDS K -> FOLDS                    GroupKFold
group-kfold-shuffled IDS K SEED -> FOLDS      with shuffle=True, random_state=SEED
time-series N K GAP MAX TEST -> RANGES        TimeSeriesSplit: FROM:TO/FROM:TO of train and test of each fold,
                                              `-` being absent, or ERROR
"""

import itertools
import pathlib
import sys
import warnings

import numpy as np
import sklearn
from sklearn.model_selection import (GroupKFold, GroupShuffleSplit, KFold, StratifiedKFold, TimeSeriesSplit,
                                     train_test_split)

RANDOM = np.random.RandomState(20260)
NUMPY_SEEDS = [0, 1, 42, 2**32 - 1]


def joined(numbers):
    return ",".join(str(int(number)) for number in numbers)


def absent(value):
    return "-" if value is None else repr(value)


def folds(splits, n):
    fold_of = np.full(n, -1)
    for fold, (train, test) in enumerate(splits):
        assert (np.sort(np.concatenate([train, test])) == np.arange(n)).all()
        fold_of[test] = fold
    return joined(fold_of)


def stratify_lines():
    cases = []
    for counts in [[2, 2], [5, 2], [4, 4, 4], [10, 9, 8], [2, 3, 5, 7, 11], [50, 30, 20], [33, 33, 34], [97, 2, 2],
                   [7] * 7, [200, 100, 50, 25]]:
        labels = RANDOM.permutation(np.repeat(np.arange(len(counts)) * 3 - 1, counts))
        n, classes = len(labels), len(counts)
        for train in sorted({classes, classes + 1, n // 3, n // 2, round(.8 * n), n - classes}):
            for test in sorted({n - train, classes, (n - train) // 2}):
                if train >= classes and test >= classes and train + test <= n:
                    cases.append((labels, train, test))
    for labels, train, test in cases:
        ways = set()
        for seed in range(1000):
            sides = train_test_split(labels, train_size=train, test_size=test, stratify=labels, random_state=seed)
            ways.add("/".join(joined(np.sum(side == label) for label in np.unique(labels)) for side in sides))
        yield f"stratify {joined(labels)} {train} {test} -> {' '.join(sorted(ways))}"


def group_size_lines():
    fractions = [None, .07, .1, .2, .25, .29, 1 / 3, .5, .7, .8, .9, .93]
    for groups in [1, 2, 3, 5, 7, 10, 11, 64, 65, 100, 1000]:
        ids = np.arange(groups)
        sizes = fractions + sorted({1, groups // 2, groups - 1, groups})
        for train, test in itertools.product(sizes, sizes):
            if train is None and test is None or train == 0 or test == 0:
                continue
            try:
                split = GroupShuffleSplit(1, train_size=train, test_size=test, random_state=0)
                sides = next(split.split(ids, groups=ids))
                result = "ERROR" if len(sides[1]) == 0 else f"{len(sides[0])} {len(sides[1])}"
            except ValueError:
                result = "ERROR"
            yield f"group-sizes {groups} {absent(train)} {absent(test)} -> {result}"


def kfold_lines():
    for n, k in itertools.product([2, 3, 5, 8, 10, 31, 32, 33, 100], [2, 3, 5, 8, 10]):
        if k <= n:
            yield f"kfold {n} {k} -> {folds(KFold(k).split(np.zeros(n)), n)}"
            for seed in NUMPY_SEEDS:
                shuffled = KFold(k, shuffle=True, random_state=seed)
                yield f"kfold-shuffled {n} {k} {seed} -> {folds(shuffled.split(np.zeros(n)), n)}"


def category_lines():
    for n, classes in [(10, 2), (20, 3), (50, 4), (97, 5), (128, 3)]:
        for k in [2, 3, 5]:
            labels = RANDOM.randint(0, classes, n) * 7 - 5
            if min(np.unique(labels, return_counts=True)[1]) >= k:
                split = StratifiedKFold(k).split(np.zeros(n), labels)
                yield f"stratified-kfold {joined(labels)} {k} -> {folds(split, n)}"
    for n, groups in [(5, 5), (20, 4), (50, 20), (97, 30), (200, 40), (300, 299)]:
        for k, power in itertools.product([2, 3, 4], [1, 3]):
            ids = (RANDOM.rand(n)**power * groups).astype(int) * 11 - 30
            if len(np.unique(ids)) < k:
                continue
            split = GroupKFold(k).split(np.zeros(n), groups=ids)
            yield f"group-kfold {joined(ids)} {k} -> {folds(split, n)}"
            for seed in NUMPY_SEEDS:
                split = GroupKFold(k, shuffle=True, random_state=seed).split(np.zeros(n), groups=ids)
                yield f"group-kfold-shuffled {joined(ids)} {k} {seed} -> {folds(split, n)}"


def time_series_lines():
    for n, k, gap, most, test in itertools.product(
            [2, 3, 4, 5, 10, 31, 32, 33, 100], [2, 3, 5], [0, 1, 4], [None, 1, 5, 40], [None, 1, 3, 16]):
        try:
            ranges = []
            for sides in TimeSeriesSplit(k, gap=gap, max_train_size=most, test_size=test).split(np.zeros(n)):
                for side in sides:
                    assert (np.diff(side) == 1).all()
                ranges.append("/".join(f"{side[0]}:{side[-1] + 1}" for side in sides))
            result = " ".join(ranges)
        except ValueError:
            result = "ERROR"
        yield f"time-series {n} {k} {gap} {absent(most)} {absent(test)} -> {result}"


def main():
    warnings.simplefilter("error")
    versions = (f"# scikit-learn {sklearn.__version__}, numpy {np.__version__}, Python {sys.version.split()[0]};"
                " made by split_sklearn_golden.py")
    lines = itertools.chain(stratify_lines(), group_size_lines(), kfold_lines(), category_lines(),
                            time_series_lines())
    file = pathlib.Path(sys.argv[1]) / "split-sklearn.golden"
    file.write_text("\n".join([versions, *lines]) + "\n")


main()
