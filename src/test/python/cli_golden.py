"""Writes the golden files of ArrayCommandsTest with Keras, NumPy and CPython. Usage: python cli_golden.py OUT_DIR

x-DTYPE.npy           an array of shape (6, 5)
rows-DTYPE.npy        its rows by their norm of order 2: what `normalize` gives
columns-DTYPE.npy     its columns by their norm of order 1: `--axis 0 --order 1`
epsilon-DTYPE.npy     its rows by at least 20: `--epsilon 20`
nuclear-DTYPE.npy     the array by its nuclear norm: `--axis none --order nuc`
images-uint8.npy      an array of shape (3, 4, 5)
images-ORDER.npy      its matrices by their norm: `--axis 1,2 --order ORDER`
permutations.txt      `RNG SIZE SEED` and what the library prints that `permutation --rng RNG` is to equal
shuffled-RNG.npy      x-float32.npy with its rows in the library's order for seed 5: `shuffle --rng RNG`
"""
import os
import pathlib
import random
import sys

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np
import torch


def python_order(size, seed):
    random.seed(seed)
    order = list(range(size))
    random.shuffle(order)
    return order


def keras_order(size, epoch):
    order = list(range(size))
    random.Random(epoch).shuffle(order)
    return order


def torch_order(size, seed):
    torch.manual_seed(seed)
    return torch.randperm(size)


ORDERS = {
    "python": python_order,
    "torch": torch_order,
    "numpy": lambda size, seed: np.random.RandomState(seed).permutation(size),
    "numpy-generator": lambda size, seed: np.random.default_rng(seed).permutation(size),
    "keras-epoch": keras_order,
}

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
    for rng, order in ORDERS.items():
        for size, seed in [(10, 1337), (1, 0), (33, 2**31 + 5)]:
            print(rng, size, seed, list(map(int, order(size, seed))), file=file)
    print("python", 2, -5, python_order(2, -5), file=file)
    print("torch", 33, -5, torch_order(33, -5).tolist(), file=file)
x = np.load(out / "x-float32.npy")
random.seed(5)
rows = list(x)
random.shuffle(rows)
np.save(out / "shuffled-python.npy", np.stack(rows))
torch.manual_seed(5)
np.save(out / "shuffled-torch.npy", torch.from_numpy(x)[torch.randperm(len(x))].numpy())
np.save(out / "shuffled-numpy.npy", np.random.RandomState(5).permutation(x))
np.save(out / "shuffled-numpy-generator.npy", np.random.default_rng(5).permutation(x))
rows = list(x)
random.Random(5).shuffle(rows)
np.save(out / "shuffled-keras-epoch.npy", np.stack(rows))
versions = f"keras {keras.__version__}\nnumpy {np.__version__}\npython {sys.version.split()[0]}\ntorch {torch.__version__}\n"
(out / "versions.txt").write_text(versions)
