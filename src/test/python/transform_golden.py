"""Writes the golden vectors of NormalizerTest with NumPy and Keras. Usage: python transform_golden.py OUT_DIR

normalize-in-DTYPE.npy   x of shape (3, 5, 7), with a zero vector and, in float types, a NaN and an infinity
normalize-out-DTYPE.npy  x / norm for the axes 0, 1, 2 and ORDERS, of shape (3 axes, orders, 3, 5, 7)
"""
import os
import pathlib
import sys

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np

out = pathlib.Path(sys.argv[1])
out.mkdir(parents=True, exist_ok=True)
ORDERS = [0, 1, 2, 3, 0.5, -1, np.inf, -np.inf]


def normalize(x, axis, order):
    norm = np.atleast_1d(np.linalg.norm(x, order, axis))
    norm[norm == 0] = 1
    expected = x / np.expand_dims(norm, axis)
    if axis != 0:  # keras takes axis 0 for -1 when it divides
        np.testing.assert_array_equal(expected, keras.utils.normalize(x, axis, order))
    return expected


rng = np.random.default_rng(20261122)
np.seterr(all="ignore")
for dtype in ["float16", "float32", "float64", "int32"]:
    x = (rng.standard_normal((3, 5, 7)) * 10).astype(dtype)
    x[0, 0, :] = 0
    x[:, 1, 1] = 0
    if dtype.startswith("float"):
        x[2, 3, 4] = np.nan
        x[1, 4, 6] = -np.inf
    np.save(out / f"normalize-in-{dtype}.npy", x)
    results = np.stack([np.stack([normalize(x, axis, order) for order in ORDERS]) for axis in range(3)])
    np.save(out / f"normalize-out-{dtype}.npy", results)
(out / "versions.txt").write_text(f"keras {keras.__version__}\nnumpy {np.__version__}\npython {sys.version.split()[0]}\n")
