"""Writes the golden vectors of OneHotTest with Keras, TensorFlow and NumPy. Usage: python one_hot_golden.py OUT_DIR

one-hot.golden: a line for each case, of fields separated by ';': the operation, its settings as name=value, the type, shape and
elements of the input, and those of the result. Elements stand in C order, as Java reads them.

to_categorical  keras.utils.to_categorical(x, classes); no classes: inferred
one_hot         tf.one_hot(x, classes, on, off, axis); a label of -1 gives a row of off
smooth          keras.utils.to_categorical, then y * (1 - amount) + amount / classes on tensors of the result's type, which is
                what keras.losses.categorical_crossentropy does with its targets
multi_hot, count   keras.layers.CategoryEncoding(classes, operation)(x)
argmax          numpy.argmax(x, axis)
"""
import os
import pathlib
import sys

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import ml_dtypes
import numpy as np
import tensorflow as tf

TYPES = ["float16", "bfloat16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "bool"]
JAVA_NAMES = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}
rng = np.random.default_rng(20261122)
lines = []


def array(values, dtype):
    return np.asarray(values).astype(ml_dtypes.bfloat16 if dtype == "bfloat16" else dtype)


def described(x):
    elements = [repr(float(v)) if v.dtype.kind in "fV" else str(int(v)) for v in x.reshape(-1)]
    return [x.dtype.name, " ".join(map(str, x.shape)), " ".join(JAVA_NAMES.get(e, e) for e in elements)]


def case(operation, settings, x, result):
    text = " ".join(f"{name}={value}" for name, value in settings.items())
    lines.append(";".join([operation, text, *described(x), *described(np.asarray(result))]))


for dtype in TYPES:
    most = 2 if dtype == "bool" else 5
    for shape in [(), (1,), (1, 1), (6,), (4, 1), (2, 3), (2, 2, 1), (1, 2, 3), (0,), (0, 1)]:
        x = array(rng.integers(0, most, shape), dtype)
        for classes in [most, 7] + ([None] if x.size else []):
            case("to_categorical", {"classes": classes} if classes else {}, x, keras.utils.to_categorical(x, classes))
for dtype in ["float16", "bfloat16", "float32", "float64"]:
    x = array([0.9, -0.7, 2.5, -0.0, 3.999 if dtype == "float64" else 3.5], dtype)
    case("to_categorical", {"classes": 4}, x, keras.utils.to_categorical(x, 4))

for shape in [(), (5,), (2, 3), (2, 2, 3)]:
    for axis in range(-1, len(shape) + 1):
        x = array(rng.integers(-1, 4, shape), "int64")
        for dtype, on, off in [("float32", 0.9, 0.1), ("int32", 7, -2), ("float64", 1.0, -1.0)]:
            result = tf.one_hot(x, 4, on_value=on, off_value=off, axis=axis, dtype=dtype)
            case("one_hot", {"classes": 4, "axis": axis, "on": on, "off": off}, x, result)

for dtype in ["float16", "bfloat16", "float32", "float64"]:
    for classes in [2, 3, 10, 1000]:
        for amount in [0.0, 0.1, 0.3, 1.0]:
            x = array([1, 0], "int32")
            y = tf.cast(keras.utils.to_categorical(x, classes), dtype)
            if amount:
                y = y * (1.0 - amount) + (amount / tf.cast(classes, dtype))
            assert y.dtype.name == dtype
            case("smooth", {"classes": classes, "amount": amount}, x, y[:, :3])

for operation in ["multi_hot", "count"]:
    for dtype in ["int32", "int64", "uint8"]:
        for shape in [(), (1,), (4,), (3, 1), (3, 4), (2, 9)]:  # Keras does not say what it does with more axes
            x = array(rng.integers(0, 5, shape), dtype)
            layer = keras.layers.CategoryEncoding(6, operation)
            case(operation, {"classes": 6}, x, layer(x.astype("int64") if dtype == "uint8" else x))

for dtype in TYPES:
    for shape in [(1,), (40,), (3, 10), (2, 3, 4), (2, 40, 3)]:
        for axis in range(len(shape)):
            x = rng.integers(0, 2 if dtype == "bool" else 4, shape).astype("float64")
            if dtype in TYPES[:4]:
                special = rng.random(shape)
                x = np.where(special < 0.03, np.nan, np.where(special < 0.06, np.inf, np.where(special < 0.2, -0.0, -x)))
            x = array(x, dtype)
            case("argmax", {"axis": axis}, x, np.argmax(x, axis))

out = pathlib.Path(sys.argv[1])
(out / "one-hot.golden").write_text("\n".join(lines) + "\n")
(out / "one-hot-versions.txt").write_text(
    f"keras {keras.__version__}\ntensorflow {tf.__version__}\nnumpy {np.__version__}\npython {sys.version.split()[0]}\n"
)
