"""Writes the golden files of ArrayCommandsTest with NumPy and CPython. Usage: python cli_golden.py OUT_DIR

x-DTYPE.npy           an array of shape (6, 5)
rows-DTYPE.npy        its rows by their norm of order 2: what `normalize` gives
columns-DTYPE.npy     its columns by their norm of order 1: `--axis 0 --order 1`
permutations.txt      `SIZE SEED` and what CPython prints after random.seed(SEED); random.shuffle
"""
import pathlib
import random
import sys

import numpy as np

out = pathlib.Path(sys.argv[1])
out.mkdir(parents=True, exist_ok=True)
for dtype in ["float32", "float64"]:
    x = (np.random.default_rng(7).standard_normal((6, 5)) * 10).astype(dtype)
    np.save(out / f"x-{dtype}.npy", x)
    np.save(out / f"rows-{dtype}.npy", x / np.linalg.norm(x, 2, -1, keepdims=True))
    np.save(out / f"columns-{dtype}.npy", x / np.linalg.norm(x, 1, 0, keepdims=True))

with open(out / "permutations.txt", "w", encoding="ascii") as file:
    for size, seed in [(10, 1337), (1, 0), (2, -5), (33, 2**40)]:
        random.seed(seed)
        order = list(range(size))
        random.shuffle(order)
        print(size, seed, order, file=file)
(out / "versions.txt").write_text(f"numpy {np.__version__}\npython {sys.version.split()[0]}\n")
