"""Writes the golden files of ArrayCommandsTest with Keras, NumPy and CPython. Usage: python cli_golden.py OUT_DIR

x-DTYPE.npy           an array of shape (6, 5)
rows-DTYPE.npy        its rows by their norm of order 2: what `normalize` gives
columns-DTYPE.npy     its columns by their norm of order 1: `--axis 0 --order 1`
epsilon-DTYPE.npy     its rows by at least 20: `--epsilon 20`
nuclear-DTYPE.npy     the array by its nuclear norm: `--axis none --order nuc`
images-uint8.npy      an array of shape (3, 4, 5)
images-ORDER.npy      its matrices by their norm: `--axis 1,2 --order ORDER`
permutations.txt      `SIZE SEED` and what CPython prints after random.seed(SEED); random.shuffle
"""
import os
import pathlib
import random
import sys

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np

out = pathlib.Path(sys.argv[1])
out.mkdir(parents=True, exist_ok=True)
for dtype in ["float32", "float64"]:
    x = (np.random.default_rng(7).standard_normal((6, 5)) * 10).astype(dtype)
    np.save(out / f"x-{dtype}.npy", x)
    np.save(out / f"rows-{dtype}.npy", keras.utils.normalize(x))
    # For axis 0 Keras divides along the last axis.
    np.save(out / f"columns-{dtype}.npy", x / np.linalg.norm(x, 1, 0, keepdims=True))
    by_backend = keras.ops.normalize(keras.ops.convert_to_tensor(x), epsilon=20)
    np.save(out / f"epsilon-{dtype}.npy", np.asarray(by_backend))
    np.save(out / f"nuclear-{dtype}.npy", keras.utils.normalize(x, None, "nuc"))

images = np.random.default_rng(8).integers(0, 256, (3, 4, 5), dtype=np.uint8)
np.save(out / "images-uint8.npy", images)
for order in ["fro", "2", "inf"]:
    result = keras.utils.normalize(images, (1, 2), order if order == "fro" else float(order))
    np.save(out / f"images-{order}.npy", result)

with open(out / "permutations.txt", "w", encoding="ascii") as file:
    for size, seed in [(10, 1337), (1, 0), (2, -5), (33, 2**40)]:
        random.seed(seed)
        order = list(range(size))
        random.shuffle(order)
        print(size, seed, order, file=file)
versions = f"keras {keras.__version__}\nnumpy {np.__version__}\npython {sys.version.split()[0]}\n"
(out / "versions.txt").write_text(versions)
