"""Writes the golden vectors of SeedDialect from the real libraries.

    python3 src/test/python/seed_dialect_golden.py > src/test/resources/dev/batchmill/random/seed-dialect.golden

Takes a few minutes and 4 GiB of memory: torch's other algorithm begins at 214 748 364 indices.
python_shuffle_golden.py has more vectors of PYTHON.
"""

import collections.abc
import hashlib
import os
import platform
import random
import subprocess
import sys

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import torch

HEAD = 16
SMALL = [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 255, 256, 257, 311, 312, 313, 623, 624, 625]
MEDIUM = [1023, 1024, 1025, 1247, 1248, 1249, 4095, 4096, 4097, 65535, 65536, 65537, 2**17, 2**18 + 1, 2**20 - 1, 2**20, 2**20 + 1]
WORD_SEEDS = [0, 1, 2, 42, 1337, 2**31 - 1, 2**31, 2**32 - 1]
LONG_SEEDS = [2**32, 2**32 + 1, 2**53, 2**63 - 1]
NEGATIVE_SEEDS = [-1, -1337, -(2**63)]
TORCH_MANY = (2**32 - 1) // 20


def python(size, seed):
    random.seed(seed)
    order = list(range(size))
    random.shuffle(order)
    return order


def python_instance(size, epoch):
    order = list(range(size))
    random.Random(epoch).shuffle(order)
    return order


def torch_order(size, seed):
    torch.manual_seed(seed)
    return torch.randperm(size).numpy()


def numpy_legacy(size, seed):
    return np.random.RandomState(seed).permutation(size)


def numpy_generator(size, seed):
    return np.random.default_rng(seed).permutation(size)


DIALECTS = {
    "PYTHON": (python, WORD_SEEDS + LONG_SEEDS + NEGATIVE_SEEDS),
    "TORCH": (torch_order, WORD_SEEDS + LONG_SEEDS + NEGATIVE_SEEDS),
    "NUMPY_LEGACY": (numpy_legacy, WORD_SEEDS),
    "NUMPY_GENERATOR": (numpy_generator, WORD_SEEDS + LONG_SEEDS),
    "KERAS_EPOCH": (python_instance, [0, 1, 2, 1337, -1, 2**63 - 1]),
}


class Numbers(keras.utils.PyDataset):
    """Whose batches are their own numbers."""

    def __init__(self, size):
        super().__init__(workers=2)
        self.size = size

    def __len__(self):
        return self.size

    def __getitem__(self, index):
        return index


def keras_epoch(size, epoch):
    """What Keras' queue hands out when Python's generator is seeded before the epoch."""
    from keras.src.trainers.data_adapters.py_dataset_adapter import OrderedEnqueuer

    queue = OrderedEnqueuer(Numbers(size), workers=2, shuffle=True)
    random.seed(epoch)
    queue.start()
    batches = queue.get()
    order = [next(batches) for _ in range(size)]
    queue.stop()
    return order


class Unwritten(collections.abc.Sequence):
    """A sequence of any length that is not there: it notes which elements a shuffle swaps with the last, the last but one..."""

    def __init__(self, size):
        self.size, self.seen = size, []

    def __len__(self):
        return self.size

    def __getitem__(self, index):
        self.seen.append(index)

    def __setitem__(self, index, value):
        if len(self.seen) == 2000:
            raise StopIteration


def first_swaps(generator, size):
    sequence = Unwritten(size)
    try:
        generator.shuffle(sequence)
    except StopIteration:
        pass
    assert sequence.seen[1::2] == [size - 1 - i for i in range(min(size - 1, 1000))]
    return sequence.seen[::2]


def torch_many(size, seed):
    """torch's other algorithm at a size that it does not use it at: MT19937 is NumPy's, two words make a draw."""
    words = np.random.RandomState(seed).randint(0, 2**32, 2 * size, dtype=np.uint32).tolist()
    order = []
    for i in range(size):
        place = (words[2 * i] << 32 | words[2 * i + 1]) % (i + 1)
        order.append(i)
        order[i] = order[place]
        order[place] = i
    return order


def line(kind, size, seed, values):
    values = np.asarray(values, dtype="<i8")
    head = ",".join(map(str, values[:HEAD].tolist())) or "-"
    print(kind, size, seed, hashlib.sha256(values).hexdigest(), head)


def split_on_torch():
    for size in (3, 10, 101, 1000):
        for seed in (1, 1337, 2**32 + 1):
            parts = keras.utils.split_dataset(np.arange(size), left_size=0.8, shuffle=True, seed=seed)
            line("TORCH", size, seed, [int(row[0]) for part in parts for row in part])


def main():
    versions = f"python {platform.python_version()} numpy {np.__version__} torch {torch.__version__} keras {keras.__version__}"
    print(f"# {versions}")
    print("# Dialect, size, seed, SHA-256 of the whole order as little-endian 64-bit numbers, the first sixteen.")
    for name, (order, seeds) in DIALECTS.items():
        for size in SMALL:
            for seed in seeds:
                line(name, size, seed, order(size, seed))
        for size in MEDIUM:
            for seed in (seeds[4 % len(seeds)], seeds[-1]):
                line(name, size, seed, order(size, seed))
        for size in (1_000_003, 10_000_000):
            line(name, size, 1337, order(size, 1337))
    print("# The same from keras.utils.split_dataset(numpy.arange(size), left_size=0.8, shuffle=True, seed=seed) on torch: the", flush=True)
    print("# rows left, then right. Then from Keras' OrderedEnqueuer(shuffle=True) after random.seed(seed).", flush=True)
    subprocess.run([sys.executable, __file__, "split"], env=dict(os.environ, KERAS_BACKEND="torch"), check=True)
    for size in (1, 2, 10, 101):
        for epoch in (0, 1, 2, 1337, -1):
            line("KERAS_EPOCH", size, epoch, keras_epoch(size, epoch))
    print("# The other index of each of the first thousand swaps by which NumPy shuffles a sequence of size.")
    for size in (1, 2, 3, 1000, 2**16, 2**16 + 1, 2**31, 2**31 + 1, 2**32, 2**32 + 1, 2**32 + 500, 2**62, 2**62 + 1, 2**63 - 1):
        for seed in (0, 1337, 2**32 - 1):
            line("legacy-swaps", size, seed, first_swaps(np.random.RandomState(seed), size))
            line("generator-swaps", size, seed, first_swaps(np.random.default_rng(seed), size))
    print("# torch's algorithm for many indices, at few: simulated. Then both algorithms where torch changes: real.")
    for size in SMALL + MEDIUM:
        line("many", size, 1337, torch_many(size, 1337))
    for size in (TORCH_MANY - 1, TORCH_MANY, TORCH_MANY + 1):
        line("huge", size, 1337, torch_order(size, 1337))


if __name__ == "__main__":
    split_on_torch() if sys.argv[1:] == ["split"] else main()
