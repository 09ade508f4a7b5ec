"""Writes the golden vectors of OneHotTest with Keras. Usage: python transform_golden.py OUT_DIR

one-hot-in-N.npy, one-hot-out-N.npy   labels and keras.utils.to_categorical of them
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
labels = [
    (np.array([0, 2, 1, 2], dtype=np.int32), None),
    (np.array([[3], [0], [1]], dtype=np.int64), 5),
    (np.array([[0, 1], [2, 3], [1, 0]], dtype=np.uint8), 4),
    (np.array([[[1], [0]], [[2], [2]]], dtype=np.int16), 3),
    (np.array(2, dtype=np.int8), 4),
    (np.array([0.0, 1.9, -0.7, 2.2], dtype=np.float32), 3),
    (np.array([[5]], dtype=np.int64), None),
    (np.zeros((0,), dtype=np.int64), 3),
]
for i, (label, classes) in enumerate(labels):
    np.save(out / f"one-hot-in-{i}.npy", label)
    np.save(out / f"one-hot-out-{i}.npy", keras.utils.to_categorical(label, classes))
(out / "versions.txt").write_text(f"keras {keras.__version__}\nnumpy {np.__version__}\npython {sys.version.split()[0]}\n")
