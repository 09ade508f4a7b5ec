"""Writes the golden cases of NormalizerGoldenTest with Keras and NumPy. Usage: python normalize_golden.py OUT_DIR

cases.txt          one case a line: TYPE START SHAPE AXIS ORDER EPSILON ORACLE. The array begins at element START of the file
                   in-TYPE.npy; SHAPE is like 2x3 or empty for a scalar, AXIS a number, two, or none. ORACLE tells whose the
                   result is:
                     keras   keras.utils.normalize, without the axes of size 1 that it adds
                     numpy   x / numpy.linalg.norm, where keras.utils.normalize divides along another axis
                     wide    the same in float64 and rounded, where NumPy has no singular values of float16
                     ops     keras.ops.normalize
                     error   NumPy refuses the case; there is no result
in-TYPE.npy        the elements of all arrays of a type
out-TYPE.npy       the results of a type, one after another in the order of the cases
exact-float16.npy  the results of float16 computed in float64 and rounded once: NumPy rounds each step to half precision, so
                   that its own results are no measure of the last bits
versions.txt
"""
import os
import pathlib
import sys

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np
import tensorflow

FLOATS = ["float16", "float32", "float64"]
TYPES = FLOATS + ["int8", "int16", "int32", "int64", "uint8", "bool"]
SHAPES = [(7,), (4, 5), (3, 2, 5), (2, 3, 1, 4)]
EMPTY = [(0,), (0, 3), (3, 0), (2, 0, 3)]
VECTOR_ORDERS = [0, 1, 2, 3, 0.5, -1, 2.5, -2, np.inf, -np.inf]
MATRIX_ORDERS = [1, -1, 2, -2, np.inf, -np.inf, "fro", "nuc"]
SUM_ORDERS = [1, -1, np.inf, -np.inf, "fro"]

out = pathlib.Path(sys.argv[1])
out.mkdir(parents=True, exist_ok=True)
rng = np.random.default_rng(20261122)
np.seterr(all="ignore")
cases = []
inputs = {dtype: [] for dtype in TYPES}
results = {dtype: [] for dtype in FLOATS}
exact = []


class Input:
    """An array and the place of its elements in the file of its type."""

    def __init__(self, x):
        parts = inputs[str(x.dtype)]
        self.x = x
        self.start = sum(part.size for part in parts)
        parts.append(x.ravel())

    def add(self, axis, order, epsilon, oracle, result=None, precise=None):
        shape = "x".join(map(str, self.x.shape)) or "scalar"
        axes = str(axis).strip("()").replace(" ", "").lower()
        cases.append(f"{self.x.dtype} {self.start} {shape} {axes} {order} {epsilon} {oracle}")
        if result is not None:
            assert result.shape == self.x.shape
            results[str(result.dtype)].append(result.ravel())
            if result.dtype == np.float16:
                exact.append(precise.astype(np.float16).ravel())

    def normalize(self, axis, order):
        precise = scaled(self.x.astype(np.float64), axis, order)
        if self.x.dtype == np.float16 and order in [2, -2, "nuc"] and not isinstance(axis, int) and self.x.ndim > 1:
            self.add(axis, order, 0, "wide", precise.astype(np.float16), precise)
            return
        expected = scaled(self.x, axis, order)
        if axis == 0:
            self.add(axis, order, 0, "numpy", expected, precise)
            return
        by_keras = keras.utils.normalize(self.x, axis, order)
        assert by_keras.dtype == expected.dtype
        by_keras = by_keras.reshape(self.x.shape)
        np.testing.assert_allclose(by_keras, expected, rtol=4 * np.finfo(expected.dtype).eps)
        self.add(axis, order, 0, "keras", by_keras, precise)

    def refuse(self, axis, order):
        try:
            np.linalg.norm(self.x, order, axis)
        except ValueError:  # AxisError is one
            self.add(axis, order, 0, "error")
            return
        raise AssertionError(f"NumPy takes axis={axis} order={order} of shape {self.x.shape}")

    def ops_normalize(self, axis, order, epsilon):
        result = np.asarray(keras.ops.normalize(keras.ops.convert_to_tensor(self.x), axis, order, epsilon))
        assert result.dtype == self.x.dtype
        wide = self.x.astype(np.float64)
        precise = wide / np.maximum(np.linalg.norm(wide, order, axis, keepdims=True), epsilon)
        self.add(axis, order, epsilon, "ops", result, precise)


def scaled(x, axis, order):
    norm = np.linalg.norm(x, order, axis, keepdims=True)
    return x / np.where(norm == 0, np.ones_like(norm), norm)


def elements(dtype, shape):
    if dtype == "bool":
        return rng.integers(0, 2, shape).astype(bool)
    if dtype == "float16":  # no power of these leaves the range of float16
        return (rng.choice([-1, 1], shape) * rng.uniform(0.25, 4, shape)).astype(dtype)
    if dtype.startswith("float"):
        return (rng.standard_normal(shape) * 3).astype(dtype)
    limits = np.iinfo(dtype)
    return rng.integers(limits.min, limits.max, shape, dtype=dtype, endpoint=True)


def is_regular(x, axis):
    """Whether the smallest singular values are more than noise."""
    axis = (0, 1) if axis is None else axis
    values = np.linalg.svd(np.moveaxis(x.astype(np.float64), axis, (-2, -1)), compute_uv=False)
    return np.all(values[..., -1] > 0.01 * values[..., 0])


for dtype in TYPES:
    for shape in SHAPES:
        rank = len(shape)
        x = elements(dtype, shape)
        if rank > 1:  # a zero vector along the first axis and one along the last
            x[(slice(None),) + (0,) * (rank - 1)] = 0
            x[(-1,) + (0,) * (rank - 2)] = 0
        vectors = Input(x)
        for axis in range(rank):
            for order in VECTOR_ORDERS:
                vectors.normalize(axis, order)
            vectors.normalize(axis - rank, 2)
        if rank == 1:
            for order in VECTOR_ORDERS:
                vectors.normalize(None, order)
            Input(np.zeros(shape, dtype)).normalize(None, 2)
            continue
        matrices = Input(elements(dtype, shape))
        pairs = [(a, b) for a in range(rank) for b in range(rank) if a != b]
        if rank == 2:
            pairs.append(None)
        if rank == 3:
            pairs += [(-2, -1), (-1, 0), (2, -2)]
        for axis in pairs:
            for order in MATRIX_ORDERS:
                if order != -2 or is_regular(matrices.x, axis):
                    matrices.normalize(axis, order)
    x = elements(dtype, (3, 2, 2))
    x[1] = 0
    with_zero_matrix = Input(x)
    for order in [1, 2, np.inf, "fro", "nuc"]:
        with_zero_matrix.normalize((1, 2), order)
    for shape in EMPTY:
        empty = Input(np.zeros(shape, dtype))
        for axis in range(len(shape)):
            for order in [0, 1, 2, 3, np.inf]:
                empty.normalize(axis, order)
        if len(shape) > 1:
            for order in [1, "fro"]:
                empty.normalize((0, len(shape) - 1), order)

for dtype in FLOATS:
    x = elements(dtype, (5, 6))
    x[0, 1] = np.nan
    x[1, 2] = np.inf
    x[2, 3] = -np.inf
    x[3, 3] = np.nan
    x[3, 4] = np.inf
    x[4] = 0
    special = Input(x)
    for axis in [0, 1]:
        for order in VECTOR_ORDERS:
            special.normalize(axis, order)
    finite_columns = Input(x[:, :3].copy())
    for matrices in [special, finite_columns]:
        for axis in [(0, 1), (1, 0)]:
            for order in SUM_ORDERS:
                matrices.normalize(axis, order)
    plain = Input(elements(dtype, (3, 4, 5)))
    for axis in [-1, 0, 1]:
        for order in [1, 2, 3]:
            for epsilon in [1e-3, 4.0, 1e3]:
                plain.ops_normalize(axis, order, epsilon)

solid = Input(elements("float32", (2, 3, 4)))
for axis, order in [(None, 2), ((0, 1), 0), ((0, 1), 3), ((0, 1), 0.5), (1, "fro"), (-1, "nuc")]:
    solid.refuse(axis, order)
for axis, order in [(3, 2), (-4, 2), ((0, 3), 1), ((1, -2), 1)]:
    solid.refuse(axis, order)
Input(elements("float32", (3,))).refuse(None, "fro")
Input(elements("float32", (3, 2))).refuse(None, 3)
scalar = Input(np.ones((), "float32"))
scalar.refuse(None, 2)
scalar.refuse(-1, 2)

for dtype, parts in inputs.items():
    np.save(out / f"in-{dtype}.npy", np.concatenate(parts))
for dtype, parts in results.items():
    np.save(out / f"out-{dtype}.npy", np.concatenate(parts))
np.save(out / "exact-float16.npy", np.concatenate(exact))
(out / "cases.txt").write_text("\n".join(cases) + "\n")
versions = [f"{module.__name__} {module.__version__}" for module in [keras, np, tensorflow]]
(out / "versions.txt").write_text("\n".join(versions + [f"python {sys.version.split()[0]}"]) + "\n")
