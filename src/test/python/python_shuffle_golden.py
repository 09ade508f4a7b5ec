"""Writes the golden vectors of SeedDialect.PYTHON from the running CPython and from Keras on TensorFlow.

    KERAS_BACKEND=tensorflow python3 src/test/python/python_shuffle_golden.py > src/test/resources/dev/batchmill/random/python-shuffle.golden
"""

import hashlib
import os
import platform
import random
import struct

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy
import tensorflow

SEEDS = [0, 1, -1, 2, 42, 1337, -1337, 2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**32 + 1, 2**53, 2**63 - 1, -(2**63) + 1, -(2**63)]
SMALL = [0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100, 127, 128, 129, 255, 256, 257, 623, 624, 625, 1000]
LARGE = [4095, 4096, 4097, 65535, 65536, 65537, 99999, 100000]


def shuffled(size, seed):
    random.seed(seed)
    indices = list(range(size))
    random.shuffle(indices)
    return indices


def line(kind, size, seed, indices):
    whole = struct.pack(f"<{len(indices)}q", *indices)
    head = ",".join(map(str, indices[:10])) or "-"
    print(kind, size, seed, hashlib.sha256(whole).hexdigest(), head)


def main():
    print(f"# python {platform.python_version()} keras {keras.__version__} tensorflow {tensorflow.__version__}")
    print("# shuffle: random.seed(seed); random.shuffle(list(range(size))). split: the rows left, then right, of")
    print("# keras.utils.split_dataset(numpy.arange(size), left_size=0.8, shuffle=True, seed=seed).")
    print("# below: a thousand times random.randrange(size).")
    print("# Kind, size, seed, SHA-256 of the whole order as little-endian 64-bit numbers, the first ten.")
    for size in SMALL:
        for seed in SEEDS:
            line("shuffle", size, seed, shuffled(size, seed))
    for size in LARGE:
        for seed in (0, -1337, 2**63 - 1):
            line("shuffle", size, seed, shuffled(size, seed))
    line("shuffle", 1000003, 1337, shuffled(1000003, 1337))
    for bound in (1, 2, 3, 4, 2**30, 2**30 + 1, 2**31 - 1):
        for seed in (0, 1, 2**63 - 1):
            random.seed(seed)
            line("below", bound, seed, [random.randrange(bound) for _ in range(1000)])
    for size in (3, 10, 20, 101, 1000):
        for seed in (1, 42, 1337, 2**32 + 1):
            parts = keras.utils.split_dataset(numpy.arange(size), left_size=0.8, shuffle=True, seed=seed)
            line("split", size, seed, [int(row) for part in parts for row in part])


if __name__ == "__main__":
    main()
