"""Writes the norms that NumPy finds for vectors that a test can make itself. Usage: python norms_golden.py OUT_FILE

Each line: dtype,length,order,norm of x[i] = ((i * 7919) mod 10007 - 5003) / 64, which float32 holds exactly.
"""
import pathlib
import sys

import numpy as np

lines = [f"# numpy {np.__version__}, python {sys.version.split()[0]}"]
for dtype in [np.float32, np.float64]:
    for length in [10, 1000, 4097, 100003]:
        x = ((np.arange(length, dtype=np.int64) * 7919 % 10007 - 5003) / 64).astype(dtype)
        for order in [0, 1, 2, 3, 0.5, np.inf, -np.inf]:
            lines.append(f"{np.dtype(dtype)},{length},{order},{float(np.linalg.norm(x, order))!r}")
pathlib.Path(sys.argv[1]).write_text("\n".join(lines) + "\n")
