"""Times on a GPU what `batchmill bench --filter '^gpu/'` times, in torch and CuPy, as far as they are installed.

    python src/bench/python/gpu_peers.py

Each line is the median of 20 calls, timed by events of the GPU after a warm-up, beside a copy of as many bytes in the same run:
the share is that of the copy's bandwidth, as in Batchmill's table. Prints a reason and ends well where there is no GPU.
"""
import statistics

ROWS, COLUMNS = 1_000_000, 128
WIDE_ROWS, WIDE_COLUMNS = 100_000, 1024
IMAGES, PIXELS = 50_000, 3072
CALLS = 20


def table(library, version, time, copy_ms, operations):
    print(f"{library} {version}")
    for name, bytes_moved, call in operations:
        milliseconds = time(call)
        share = copy_ms(bytes_moved) / milliseconds
        print(f"{name:32} {milliseconds:9.3f} ms {bytes_moved / milliseconds / 1e6:9.1f} GB/s {share:6.2f} of a copy")


def with_torch():
    try:
        import torch
    except ImportError:
        return print("torch is not installed")
    if not torch.cuda.is_available():
        return print(f"torch {torch.__version__} finds no GPU")

    def time(call):
        for _ in range(3):
            call()
        times = []
        for _ in range(CALLS):
            start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
            start.record()
            call()
            end.record()
            end.synchronize()
            times.append(start.elapsed_time(end))
        return statistics.median(times)

    def copy_ms(bytes_moved):
        source = torch.empty(bytes_moved // 2, dtype=torch.uint8, device="cuda")
        sink = torch.empty_like(source)
        return time(lambda: sink.copy_(source))

    normalize = torch.nn.functional.normalize
    narrow = torch.randn(ROWS, COLUMNS, device="cuda")
    wide = torch.randn(WIDE_ROWS, WIDE_COLUMNS, device="cuda")
    images = torch.randint(256, (IMAGES, PIXELS), dtype=torch.uint8, device="cuda")
    labels = torch.randint(1000, (WIDE_ROWS,), device="cuda")
    rows = torch.randperm(WIDE_ROWS, device="cuda")
    image_rows = torch.randperm(IMAGES, device="cuda")
    of_narrow, of_wide = 2 * narrow.nbytes, 2 * wide.nbytes
    table("torch", torch.__version__, time, copy_ms, [
        ("normalize l2 last, narrow", of_narrow, lambda: normalize(narrow, dim=1)),
        ("normalize l1 last, narrow", of_narrow, lambda: normalize(narrow, p=1, dim=1)),
        ("normalize l2 axis 0, narrow", of_narrow, lambda: normalize(narrow, dim=0)),
        ("normalize l2 last, wide", of_wide, lambda: normalize(wide, dim=1)),
        ("one-hot float32, 1000 classes", 4 * WIDE_ROWS * 1000,
         lambda: torch.nn.functional.one_hot(labels, 1000).to(torch.float32)),
        ("gather, wide", of_wide, lambda: wide.index_select(0, rows)),
        ("gather and normalize l2, wide", of_wide, lambda: normalize(wide.index_select(0, rows), dim=1)),
        ("gather uint8 to float32", 5 * images.nbytes,
         lambda: images.index_select(0, image_rows).to(torch.float32)),
    ])


def with_cupy():
    try:
        import cupy
    except ImportError:
        return print("CuPy is not installed")
    try:
        cupy.cuda.runtime.getDeviceCount()
    except cupy.cuda.runtime.CUDARuntimeError as error:
        return print(f"CuPy {cupy.__version__} finds no GPU: {error}")

    def time(call):
        for _ in range(3):
            call()
        times = []
        for _ in range(CALLS):
            start, end = cupy.cuda.Event(), cupy.cuda.Event()
            start.record()
            call()
            end.record()
            end.synchronize()
            times.append(cupy.cuda.get_elapsed_time(start, end))
        return statistics.median(times)

    def copy_ms(bytes_moved):
        source = cupy.empty(bytes_moved // 2, dtype=cupy.uint8)
        sink = cupy.empty_like(source)
        return time(lambda: cupy.copyto(sink, source))

    narrow = cupy.random.standard_normal((ROWS, COLUMNS), dtype=cupy.float32)
    wide = cupy.random.standard_normal((WIDE_ROWS, WIDE_COLUMNS), dtype=cupy.float32)
    rows = cupy.random.permutation(WIDE_ROWS)
    table("CuPy", cupy.__version__, time, copy_ms, [
        ("normalize l2 last, narrow", 2 * narrow.nbytes,
         lambda: narrow / cupy.linalg.norm(narrow, axis=1, keepdims=True)),
        ("normalize l2 last, wide", 2 * wide.nbytes, lambda: wide / cupy.linalg.norm(wide, axis=1, keepdims=True)),
        ("gather, wide", 2 * wide.nbytes, lambda: cupy.take(wide, rows, axis=0)),
    ])


if __name__ == "__main__":
    with_torch()
    with_cupy()
