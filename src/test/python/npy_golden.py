"""Writes the .npy files of NpyTest with NumPy itself. Usage: python npy_golden.py OUT_DIR

Every file NAME.npy holds arange(24).reshape(2, 3, 4) (bool: odd numbers are true) in the type, byte order, element order and
header version that its name says.
"""
import pathlib
import sys

import numpy as np

out = pathlib.Path(sys.argv[1])
out.mkdir(parents=True, exist_ok=True)
values = np.arange(24).reshape(2, 3, 4)


def save(name, array, version=(1, 0)):
    with open(out / f"{name}.npy", "wb") as f:
        np.lib.format.write_array(f, array, version=version)


for dtype in ["f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1"]:
    for order, word in [("<", "little"), (">", "big")]:
        array = values.astype(order + dtype)
        if array.dtype.itemsize == 1 and word == "big":
            continue
        save(f"{dtype}-{word}-c-1", array)
        save(f"{dtype}-{word}-fortran-1", np.asfortranarray(array))
save("b1-little-c-1", values % 2 == 1)
save("f4-little-c-2", values.astype("<f4"), (2, 0))
save("f4-little-c-3", values.astype("<f4"), (3, 0))
save("scalar", np.array(7.5))
save("empty", np.zeros((0, 3), dtype="<i4"))
save("one-axis", np.arange(5, dtype="<i8"))
(out / "versions.txt").write_text(f"numpy {np.__version__}\npython {sys.version.split()[0]}\n")
