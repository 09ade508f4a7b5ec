"""Writes what scikit-learn's and Keras' scalers give, as .npy files. Usage: KERAS_BACKEND=tensorflow python scaler_golden.py OUT_DIR

standard-* and min-max-* are scikit-learn's, rescaling-* and normalization-* Keras'. ScalerGoldenTest reads them.
"""
import pathlib
import sys

import keras
import numpy as np
import sklearn
from sklearn.preprocessing import MinMaxScaler, StandardScaler

out = pathlib.Path(sys.argv[1])
random = np.random.default_rng(20261122)


def save(name, array):
    np.save(out / f"{name}.npy", np.ascontiguousarray(array))


def tabular(dtype):
    """37 rows of 7 features, with a constant one, a tiny one and, where the type can hold it, one far from zero."""
    if np.issubdtype(dtype, np.integer):
        info = np.iinfo(dtype)
        x = random.integers(max(info.min, -100_000), min(info.max, 100_000) + 1, (37, 7))
        x[:, 2] = 7
    else:
        x = random.normal(3, 5, (37, 7))
        x[:, 2] = 0.1
        x[:, 3] *= 1e-6
        x[:, 4] = random.normal(1e8 if dtype == np.float64 else 100, 1, 37)
        x[:, 5] = 0
    return x.astype(dtype)


for dtype in [np.float64, np.float32, np.uint8, np.int32]:
    name = np.dtype(dtype).name
    x = tabular(dtype)
    save(f"scaler-in-{name}", x)
    scaler = StandardScaler().fit(x)
    parts = StandardScaler()
    for part in [x[:1], x[1:20], x[20:]]:
        parts.partial_fit(part)
    y = scaler.transform(x)
    save(f"standard-stats-{name}", np.array([scaler.mean_, scaler.var_, scaler.scale_, parts.mean_, parts.var_], np.float64))
    save(f"standard-out-{name}", y)
    save(f"standard-inverse-{name}", scaler.inverse_transform(y))
    save(f"standard-no-mean-{name}", StandardScaler(with_mean=False).fit_transform(x))
    save(f"standard-no-std-{name}", StandardScaler(with_std=False).fit_transform(x))
    scaler = MinMaxScaler().fit(x)
    y = scaler.transform(x)
    save(f"min-max-stats-{name}", np.array([scaler.data_min_, scaler.data_max_, scaler.scale_, scaler.min_], np.float64))
    save(f"min-max-out-{name}", y)
    save(f"min-max-inverse-{name}", scaler.inverse_transform(y))
    clipping = MinMaxScaler(feature_range=(-1, 2), clip=True).fit(x[:5])
    save(f"min-max-clip-{name}", clipping.transform(x))

images = random.integers(0, 256, (3, 4, 5, 3)).astype(np.uint8)
save("keras-in", images)
save("rescaling-out", np.asarray(keras.layers.Rescaling(1 / 255.0)(images)))
save("rescaling-shift-out", np.asarray(keras.layers.Rescaling(1 / 127.5, offset=-1)(images)))
save(
    "rescaling-channels-out",
    np.asarray(keras.layers.Rescaling([1 / 58.4, 1 / 57.1, 1 / 57.4], offset=[-2.1, -2.0, -1.8])(images)),
)
for axis in [-1, 1]:
    layer = keras.layers.Normalization(axis=axis)
    layer.adapt(images.astype(np.float32))
    save(f"normalization-stats-{axis}", np.array([np.ravel(layer.mean), np.ravel(layer.variance)], np.float64))
    save(f"normalization-out-{axis}", np.asarray(layer(images)))

versions = {"keras": keras.__version__, "numpy": np.__version__, "scikit-learn": sklearn.__version__, "python": sys.version.split()[0]}
(out / "scaler-versions.txt").write_text("".join(f"{k} {v}\n" for k, v in versions.items()))
