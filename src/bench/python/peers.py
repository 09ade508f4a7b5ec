"""Times what `batchmill bench` times in NumPy, torch, TensorFlow, JAX, Keras and scikit-learn, where they are installed, and
prints everything in one table.

    python src/bench/python/peers.py [--write docs/performance.md] [--filter S] [--batchmill FILE] [--threads N] [--quick]

--write FILE      also write the document: machine, method, all tables, what must be reached and whether it was
--filter S        only the operations that `batchmill bench --filter S` measures
--batchmill FILE  take the figures of `batchmill bench --json` from a file instead of measuring them
--threads N       the threads of everything. Default: all processors
--quick           tiny arrays: not to measure, to see that all runs

Every library runs in a process of its own, bound to as many processors as it may use threads. What each is asked to do stands
in the class that is named after it, as source text, and in the document; where there are several ways, the fastest counts.
"""

import argparse
import functools
import gc
import importlib.util
import json
import math
import os
import pathlib
import platform
import re
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]
FRESH = "/fresh"
LOADER = "loader/"
ONCE = " ;; "  # Behind what is done once, before the calls that are timed.


# ------------------------------------------------------------------------------------------------- what the libraries do


class Case:
    """An operation of Batchmill: its name without /fresh, and what the source texts below may name."""

    def __init__(self, result):
        self.fresh = result["name"].endswith(FRESH)
        self.name = result["name"].removesuffix(FRESH)
        self.dtype = result["dtype"]
        self.shape = tuple(result["shape"])
        self.words = {}
        norm = re.fullmatch(r"normalize-l(\w+|[\d.]+)/([\w-]+)", self.name)
        convert = re.fullmatch(r"convert/(\w+)-to-(\w+)", self.name)
        loader = re.fullmatch(r"loader/(?:trivial-([02])|processes)", self.name)
        if norm:
            self.family = "normalize"
            axis = {"axis-0": 0, "middle": 1}.get(norm[2], -1)
            self.words = {"p": norm[1], "axis": axis, "rows": axis in (-1, len(self.shape) - 1)}
        elif convert:
            self.family = "convert"
            self.words = {"to": convert[2]}
        elif self.name == "one-hot":
            self.family = "one_hot"
            self.words = {"k": self.shape[1]}
        elif self.name == "gather":
            self.family = "gather"
        elif self.name in ("standardize", "standardize/fit", "min-max/fit"):
            self.family = self.name.replace("/", "_").replace("-", "_")
        elif self.name == "permutation/fill":
            self.family = "permutation"
            self.words = {"n": self.shape[0]}
        elif self.name == "uniform":
            self.family = "uniform"
        elif loader:  # One and the same batch n times.
            self.family = "loader_same"
            self.words = {"n": self.shape[0], "workers": int(loader[1] or 2), "processes": not loader[1]}
        elif self.name == "loader/arrays":
            self.family = "loader_arrays"
            self.words = {"n": self.shape[0]}
        else:
            self.family = None  # Nobody else has it.
        self.small = math.prod(self.shape) * 4 <= 4 << 20 and not self.name.startswith(LOADER)


class Library:
    """A library: for each family the source texts into a given output and with a fresh one, and the arrays they work on.

    The arrays are x and out, for one-hot labels instead of x, rows for gather, and batch for loaders of the same batch."""

    module = None
    small = False  # Whether its figures for small arrays are asked for.
    functions = {}  # Source texts of functions that the others call.

    def __init__(self, threads):
        import numpy as np

        self.np = np
        self.threads = threads
        self.names = {"np": np, "inf": math.inf}

    def texts(self, case):
        """(texts into a given output, texts with a fresh one)"""
        method = getattr(self, case.family or "", None)
        return method(case.words) if method else ([], [])

    def arrays(self, case):
        np = self.np
        random = np.random.default_rng(1337)
        if case.family == "one_hot":
            labels = random.integers(0, case.shape[1], case.shape[0], dtype=np.int32)
            return {"labels": labels}, (case.shape, "float32")
        if case.family == "loader_same":
            return {"batch": np.zeros(case.shape[1:], np.float32)}, None
        if case.family == "permutation":
            return {}, (case.shape, "int64")
        if case.family == "uniform":
            return {}, (case.shape, case.dtype)
        if case.dtype == "uint8":
            x = random.integers(0, 256, case.shape, dtype=np.uint8)
        else:
            x = random.random(case.shape, dtype=np.float64 if case.dtype == "float64" else np.float32) - np.float32(0.5)
            x = x.astype(case.dtype, copy=False)
        arrays = {"x": x}
        if case.family == "gather":
            arrays["rows"] = random.permutation(case.shape[0])
        return arrays, (case.shape, case.words.get("to", case.dtype))

    def own(self, array):
        """A NumPy array as the library's own."""
        return array

    def output(self, shape, dtype):
        return self.np.ones(shape, dtype)

    def calls(self, case):
        """(source text, whether its output is given, function) for each way; the first call of the function may compile."""
        given, fresh = self.texts(case)
        if case.fresh or not given:
            given = []
        if not (given or fresh):
            return
        arrays, output = self.arrays(case)
        arrays = {name: self.own(array) for name, array in arrays.items()}
        if given:
            arrays["out"] = self.output(*output)
        names = {**self.names, **arrays}
        self.prepare(names)
        for text in given or fresh:
            once, _, timed = text.rpartition(ONCE)
            exec("\n".join(once.split("; ")), names)
            exec("def call():\n    " + "\n    ".join(timed.split("; ")), names)
            yield text, bool(given), names["call"]

    def prepare(self, names):
        """Adds what a user would have at hand too, beside the arrays."""

    def define_functions(self):
        self.names.update({name: eval(text, self.names) for name, text in self.functions.items()})


class NumPy(Library):
    module = "numpy"
    small = True

    def prepare(self, names):
        if "labels" in names:
            names["at"] = self.np.arange(len(names["labels"]))
        names["generator"] = self.np.random.default_rng(7)

    def normalize(self, w):
        norm = f"np.linalg.norm(x, {w['p']}, {w['axis']}, keepdims=True)"
        given, fresh = [f"np.divide(x, {norm}, out=out)"], [f"x / {norm}"]
        if w["p"] == "2" and w["rows"]:
            norm = "np.sqrt(np.einsum('...i,...i->...', x, x))[..., None]"
            given.append(f"np.divide(x, {norm}, out=out)")
            fresh.append(f"x / {norm}")
        return given, fresh

    def one_hot(self, w):
        return (
            ["out.fill(0); out[at, labels] = 1"],
            [f"out = np.zeros((len(labels), {w['k']}), np.float32); out[np.arange(len(labels)), labels] = 1",
             f"np.eye({w['k']}, dtype=np.float32)[labels]"],
        )

    def convert(self, w):
        return ["np.copyto(out, x)"], [f"x.astype(np.{w['to']})"]

    def gather(self, w):
        return ["np.take(x, rows, 0, out=out, mode='clip')"], ["x[rows]", "np.take(x, rows, 0)"]

    def uniform(self, w):
        return ["generator.random(out=out, dtype=np.float32)"], []

    def permutation(self, w):
        return [], [f"np.random.default_rng(7).permutation({w['n']})"]

    def loader_arrays(self, w):
        return [], ["order = generator.permutation(len(x)); for i in range(0, len(x), 256): x[order[i:i + 256]]"]


class Torch(Library):
    module = "torch"
    small = True

    def __init__(self, threads):
        super().__init__(threads)
        import torch

        torch.set_num_threads(threads)
        torch.set_grad_enabled(False)
        self.torch = torch
        self.names.update(torch=torch, F=torch.nn.functional, data=torch.utils.data)

    def own(self, array):
        tensor = self.torch.from_numpy(array).clone()
        return tensor.long() if tensor.dtype == self.torch.int32 else tensor  # An index is an int64.

    def output(self, shape, dtype):
        return self.torch.ones(shape, dtype=getattr(self.torch, dtype))

    def normalize(self, w):
        norm = f"torch.linalg.vector_norm(x, {w['p']}, {w['axis']}, keepdim=True)"
        return (
            [f"F.normalize(x, {w['p']}, {w['axis']}, out=out)", f"torch.div(x, {norm}, out=out)"],
            [f"F.normalize(x, {w['p']}, {w['axis']})", f"x / {norm}"],
        )

    def one_hot(self, w):
        return (
            ["out.zero_().scatter_(1, labels[:, None], 1)"],
            [f"torch.zeros(len(labels), {w['k']}).scatter_(1, labels[:, None], 1)", f"F.one_hot(labels, {w['k']}).float()"],
        )

    def convert(self, w):
        return ["out.copy_(x)"], [f"x.to(torch.{w['to']})"]

    def gather(self, w):
        return ["torch.index_select(x, 0, rows, out=out)"], ["torch.index_select(x, 0, rows)", "x[rows]"]

    def uniform(self, w):
        return ["out.uniform_()"], []

    def permutation(self, w):
        return ["torch.randperm(len(out), out=out)"], [f"torch.randperm({w['n']})"]

    def loader_same(self, w):
        # Of a tensor the memory is shared when it is sent for the first time; what is made of an array is copied each time.
        tensor = "batch.numpy()" if w["processes"] else "batch"
        ways = [self.epoch(f"[{tensor}] * {w['n']}", w["workers"])]
        if w["workers"]:  # Arrays left as they are go through a pipe.
            ways.append(self.epoch(f"[batch.numpy()] * {w['n']}, collate_fn=np.asarray", w["workers"]))
        return [], ways

    def loader_arrays(self, w):
        dataset = "data.TensorDataset(x), sampler=data.BatchSampler(data.RandomSampler(x), 256, False)"
        return [], [self.epoch(dataset, workers) for workers in [0, self.threads]]

    def epoch(self, dataset, workers):
        how = f", num_workers={workers}, persistent_workers=True" if workers else ""
        return f"loader = data.DataLoader({dataset}, batch_size=None{how}){ONCE}for each in loader: pass"


class TensorFlow(Library):
    module = "tensorflow"
    functions = {"xla_normalize": "tf.function(lambda x, p, axis: x / tf.norm(x, p, axis, keepdims=True), jit_compile=True)"}

    def __init__(self, threads):
        super().__init__(threads)
        import tensorflow as tf

        tf.get_logger().setLevel("ERROR")
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(1)
        self.names.update(tf=tf, functools=functools)
        self.define_functions()
        self.tf = tf

    def own(self, array):
        return self.tf.constant(array)

    def normalize(self, w):
        texts = [f"x / tf.norm(x, {w['p']}, {w['axis']}, keepdims=True)", f"xla_normalize(x, {w['p']}, {w['axis']})"]
        if w["p"] == "2":
            texts.append(f"tf.math.l2_normalize(x, {w['axis']})")
        return [], texts

    def one_hot(self, w):
        return [], [f"tf.one_hot(labels, {w['k']})"]

    def convert(self, w):
        return [], [f"tf.cast(x, tf.{w['to']})"]

    def gather(self, w):
        return [], ["tf.gather(x, rows)"]

    def permutation(self, w):
        return [], [f"tf.random.shuffle(tf.range({w['n']}, dtype=tf.int64))"]

    def loader_same(self, w):
        if w["processes"]:
            return [], []
        ahead = f".map(tf.identity, num_parallel_calls={w['workers']}).prefetch(10)" if w["workers"] else ""
        return [], [self.epoch(f"from_tensors(batch).repeat({w['n']}){ahead}", max(1, w["workers"]))]

    def loader_arrays(self, w):
        n, threads = w["n"], self.threads
        gather = f"map(functools.partial(tf.gather, x), num_parallel_calls={threads})"
        return [], [
            self.epoch(f"from_tensor_slices(x).shuffle({n}).batch(256).prefetch(10)", threads),
            self.epoch(f"range({n}).shuffle({n}).batch(256).{gather}.prefetch(10)", threads),
        ]

    def epoch(self, dataset, threads):
        options = f"options = tf.data.Options(); options.threading.private_threadpool_size = {threads}"
        return f"{options}; dataset = tf.data.Dataset.{dataset}.with_options(options){ONCE}for each in dataset: pass"


class Jax(Library):
    module = "jax"
    functions = {
        "normalize": "jax.jit(lambda x, p, axis: x / jnp.linalg.norm(x, p, axis, keepdims=True), static_argnums=(1, 2))",
        "one_hot": "jax.jit(lambda labels, k: jax.nn.one_hot(labels, k, dtype=jnp.float32), static_argnums=1)",
        "astype": "jax.jit(lambda x, to: x.astype(to), static_argnums=1)",
        "take": "jax.jit(lambda x, rows: x[rows])",
    }

    def __init__(self, threads):
        super().__init__(threads)
        import jax

        jax.config.update("jax_enable_x64", True)  # Else there is no float64.
        self.names.update(jax=jax, jnp=jax.numpy)
        self.define_functions()
        self.own = jax.numpy.asarray

    def normalize(self, w):
        return [], [f"normalize(x, {w['p']}, {w['axis']}).block_until_ready()"]

    def one_hot(self, w):
        return [], [f"one_hot(labels, {w['k']}).block_until_ready()"]

    def convert(self, w):
        return [], [f"astype(x, '{w['to']}').block_until_ready()"]

    def gather(self, w):
        return [], ["take(x, rows).block_until_ready()"]


class Keras(Library):
    module = "keras"
    functions = {
        "batches": "lambda n, get, **how: type('Batches', (keras.utils.PyDataset,), "
        "{'num_batches': n, '__getitem__': lambda self, i: get(i)})(**how)"
    }

    def __init__(self, threads):
        super().__init__(threads)
        import keras
        from keras.src.trainers.data_adapters import array_data_adapter, py_dataset_adapter

        self.names.update(
            keras=keras,
            ArrayDataAdapter=array_data_adapter.ArrayDataAdapter,
            OrderedEnqueuer=py_dataset_adapter.OrderedEnqueuer,
            PyDatasetAdapter=py_dataset_adapter.PyDatasetAdapter,
        )
        self.define_functions()

    def normalize(self, w):
        if w["axis"] == 0:  # Refuses NumPy arrays: it divides along the last axis.
            return [], []
        return [], [f"keras.utils.normalize(x, {w['axis']}, {w['p']})"]

    def one_hot(self, w):
        return [], [f"keras.utils.to_categorical(labels, {w['k']})"]

    def loader_same(self, w):
        n, workers, same = w["n"], w["workers"], "batches(None, lambda i: (batch,))"
        if workers == 0:
            return [], [f"some = PyDatasetAdapter({same}).get_numpy_iterator(){ONCE}for i in range({n}): next(some)"]
        return [], [
            f"queue = OrderedEnqueuer({same}, {workers}, use_multiprocessing={processes}); queue.start(); some = queue.get()"
            f"{ONCE}for i in range({n}): next(some)"
            for processes in ([True] if w["processes"] else [False, True])
        ]

    def loader_arrays(self, w):
        adapter = "ArrayDataAdapter(x, batch_size=256, shuffle=True)"
        dataset = f"batches({math.ceil(w['n'] / 256)}, lambda i: (x[order[256 * i:256 * i + 256]],), workers={self.threads}"
        return [], [f"for each in {adapter}.{form}(): pass" for form in ["get_numpy_iterator", "get_tf_dataset"]] + [
            f"order = np.random.permutation(len(x)); dataset = {dataset}, use_multiprocessing={processes}); "
            "for each in PyDatasetAdapter(dataset).get_numpy_iterator(): pass"
            for processes in [False, True]
        ]


class ScikitLearn(Library):
    module = "sklearn"

    def __init__(self, threads):
        super().__init__(threads)
        from sklearn import preprocessing

        self.preprocessing = preprocessing
        self.names.update(preprocessing=preprocessing)

    def prepare(self, names):
        if "labels" in names:
            encoder = self.preprocessing.OneHotEncoder(sparse_output=False, dtype=self.np.float32)
            names["encoder"] = encoder.fit(names["labels"][:, None])
        elif names["x"].ndim == 2:
            names["scaler"] = self.preprocessing.StandardScaler().fit(names["x"][:1000])

    def normalize(self, w):
        norm = {"1": "l1", "2": "l2", "inf": "max"}.get(w["p"])
        if norm is None or not (w["rows"] or w["axis"] == 0):
            return [], []
        return [], [f"preprocessing.normalize(x, '{norm}', axis={1 if w['rows'] else 0})"]

    def one_hot(self, w):
        return [], ["encoder.transform(labels[:, None])"]

    def standardize(self, w):
        return [], ["scaler.transform(x)"]

    def standardize_fit(self, w):
        return [], ["preprocessing.StandardScaler().fit(x)"]

    def min_max_fit(self, w):
        return [], ["preprocessing.MinMaxScaler().fit(x)"]


LIBRARIES = {
    "NumPy": NumPy,
    "torch": Torch,
    "TensorFlow": TensorFlow,
    "JAX": Jax,
    "Keras": Keras,
    "scikit-learn": ScikitLearn,
}


# -------------------------------------------------------------------------------------------------------------- timing


def time_call(call, quick):
    """The median time of a call in ms; at least five samples, or two of a call that takes a second."""
    call()  # May compile.
    start = time.perf_counter()
    call()
    once = time.perf_counter() - start
    if quick:
        return once * 1e3
    samples = [once] if once >= 1 else []
    warm_up_ends = time.perf_counter() + (0.2 if once < 0.2 else 0)
    while time.perf_counter() < warm_up_ends:
        call()
    batch = max(1, math.ceil(1e-3 / max(once, 1e-9)))
    ends = time.perf_counter() + 0.5
    while len(samples) < (5 if once < 1 else 2) or (time.perf_counter() < ends and len(samples) < 25):
        start = time.perf_counter()
        for _ in range(batch):
            call()
        samples.append((time.perf_counter() - start) / batch)
    return statistics.median(samples) * 1e3


def run_library(name, threads, quick):
    """The child process: reads results of batchmill bench, writes {"version", "times": {number: {text, given, ms, ways}}}.

    That is the fastest way; ways holds text and ms of each."""
    results = json.load(sys.stdin)
    library = LIBRARIES[name](threads)
    times = {}
    for number, result in results.items():
        case = Case(result)
        if case.small and not library.small and not quick:
            continue
        ways = []
        try:
            for text, given, call in library.calls(case):
                ways.append({"text": text, "given": given, "ms": time_call(call, quick)})
        except Exception as e:
            print(f"peers: {name}: {result['name']}: {type(e).__name__}: {e}".split("\n")[0], file=sys.stderr)
        if ways:
            times[number] = {**min(ways, key=lambda way: way["ms"]), "ways": [[way["text"], way["ms"]] for way in ways]}
        gc.collect()
    version = importlib.import_module(library.module).__version__
    json.dump({"version": version, "times": times}, sys.stdout)


def ask_library(name, results, threads, quick):
    """Runs the child process; None where the library is not installed."""
    if importlib.util.find_spec(LIBRARIES[name].module) is None:
        return None
    env = dict(os.environ, KERAS_BACKEND="tensorflow", TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="")
    for variable in ["OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"]:
        env[variable] = str(threads)
    command = [sys.executable, __file__, "--child", name, "--threads", str(threads)] + ["--quick"] * quick

    def bind():
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])

    print(f"peers: {name}", file=sys.stderr)
    child = subprocess.run(command, input=json.dumps(results), stdout=subprocess.PIPE, text=True, env=env, preexec_fn=bind)
    if child.returncode != 0:
        print(f"peers: {name}: failed, exit status {child.returncode}", file=sys.stderr)
        return None
    return json.loads(child.stdout.splitlines()[-1])


def batchmill(*arguments):
    out = subprocess.run([ROOT / "batchmill", *arguments], stdout=subprocess.PIPE, text=True, check=True).stdout
    return json.loads(out)


# -------------------------------------------------------------------------------------------------------------- tables


def table(head, rows, right=1):
    """A Markdown table whose source is aligned, too; the columns from `right` on are numbers."""
    cells = [[str(cell) for cell in row] for row in [head, *rows]]
    widths = [max(3, *(len(row[i]) for row in cells)) for i in range(len(head))]

    def line(row):
        padded = [cell.rjust(w) if i >= right else cell.ljust(w) for i, (cell, w) in enumerate(zip(row, widths))]
        return "| " + " | ".join(padded) + " |"

    rule = ["-" * (w - 1) + (":" if i >= right else "-") for i, w in enumerate(widths)]
    return "\n".join([line(cells[0]), line(rule), *map(line, cells[1:])])


def three_digits(value):
    return f"{value:#.3g}".rstrip(".") if value < 999.5 else f"{value:.0f}"


def short_time(ms):
    for unit, size in [("s", 1e3), ("ms", 1), ("us", 1e-3)]:
        if ms >= size:
            return f"{three_digits(ms / size)} {unit}"
    return f"{three_digits(ms * 1e6)} ns"


def dims(result):
    return "x".join(map(str, result["shape"]))


def optional(value, form):
    return "" if value is None else format(value, form)


class Report:
    def __init__(self, results, peers, machine, command):
        self.results = results
        self.peers = {name: peer for name, peer in peers.items() if peer}
        self.machine = machine
        self.command = command

    def find(self, name, shape=None, dtype="float32", memory="direct", kernels=None):
        """(number, result) of an operation; None where it was not measured."""
        for number, r in enumerate(self.results):
            if (r["name"], r["dtype"], r["memory"]) == (name, dtype, memory):
                if (shape is None or r["shape"] == shape) and kernels in (None, r["kernels"]):
                    return number, r
        return None

    def peer_time(self, peer, number):
        return self.peers.get(peer, {}).get("times", {}).get(str(number))

    def ratio(self, peer, found):
        """How many times the peer's time is ours."""
        time = found and self.peer_time(peer, found[0])
        return time and time["ms"] / found[1]["ms"]

    def peer_cells(self, number, fresh):
        cells = []
        for peer in self.peers:
            time = self.peer_time(peer, number)
            if not time:
                cells.append("")
                continue
            mark = "" if fresh or time["given"] else "*"
            cells.append(f"{short_time(time['ms'])}{mark} ({time['ms'] / self.results[number]['ms']:.2g}x)")
        return cells

    def operations(self, chosen):
        """The table of the operations whose results are chosen."""
        rows = []
        for number, r in enumerate(self.results):
            if not chosen(r):
                continue
            rows.append(
                [f"`{r['name']}`", r["dtype"], dims(r), r["memory"], short_time(r["ms"]), optional(r["gbps"], ".1f"),
                 r["roof"] or "", optional(r["roof_gbps"], ".1f"), optional(r["share"], ".2f"),
                 *self.peer_cells(number, r["name"].endswith(FRESH))]
            )
        head = ["operation", "dtype", "shape", "memory", "Batchmill", "GB/s", "roof", "GB/s", "share", *self.peers]
        return table(head, rows, 4) if rows else ""

    # ---- the loader

    def loaders(self):
        return [(number, r) for number, r in enumerate(self.results) if r["name"].startswith(LOADER)]

    def loader_table(self):
        rows = []
        for number, r in self.loaders():
            rows.append(
                [f"`{r['name']}`", dims(r), short_time(r["ms"]), f"{r['items_per_s']:,.0f}",
                 f"{r['bytes_allocated'] / r['items']:.0f} B", optional(r["gbps"], ".1f"), r["roof"] or "",
                 optional(r["roof_gbps"], ".1f"), optional(r["share"], ".2f"), *self.peer_cells(number, True)]
            )
        head = ["operation", "shape", "time", "batches/s", "allocated each", "GB/s", "roof", "GB/s", "share", *self.peers]
        return table(head, rows, 2) if rows else ""

    def loader_ways(self):
        """What each library was asked to do, in all ways."""
        rows = []
        for number, r in self.loaders():
            for peer in self.peers:
                for text, ms in (self.peer_time(peer, number) or {"ways": []})["ways"]:
                    rows.append([f"`{r['name']}`", peer, f"`{text}`", short_time(ms), f"{r['items'] / ms * 1e3:,.0f}"])
        return table(["operation", "library", "way", "time", "batches/s"], rows, 3) if rows else ""

    # ---- what must be reached

    def goals(self):
        """(what, wanted, found, reached) with reached None where it was not measured."""
        big, wide, block = [1_000_000, 128], [100_000, 1024], [1000, 128, 512]
        for name, shape, dtype, share in [
            ("normalize-l2/last", big, "float32", 0.90),
            ("normalize-l1/last", big, "float32", 0.90),
            ("normalize-l2/last", wide, "float32", 0.90),
            ("normalize-l1/last", wide, "float32", 0.90),
            ("normalize-l2/axis-0", big, "float32", 0.80),
            ("normalize-l2/middle", block, "float32", 0.80),
            ("one-hot", [10_000_000, 10], "int32", 0.85),
            ("one-hot", [100_000, 1000], "int32", 0.85),
        ]:
            found = self.find(name, shape, dtype)
            seen = found and found[1]["share"]
            roof = found[1]["roof"] if found else "the roof"
            what = f"`{name}` {dtype} {'x'.join(map(str, shape))}"
            yield what, f">= {share:.2f} of {roof}", optional(seen, ".2f"), seen and seen >= share
        found = self.find("normalize-l2/batch", memory="heap")
        what = "`normalize-l2/batch` float[] to float[], 32x784"
        yield what, "<= 6 us", short_time(found[1]["ms"]) if found else "", found and found[1]["ms"] <= 0.006
        yield what, "no allocation", f"{found[1]['bytes_allocated']} B" if found else "", found and found[1]["bytes_allocated"] == 0
        for order in ["3", "2.5"]:
            for peer, least in [("NumPy", 3), ("torch", 1.5)]:
                ratio = self.ratio(peer, self.find(f"normalize-l{order}/last", big))
                yield f"`normalize-l{order}/last` float32 1000000x128", f">= {least} x {peer}", optional(ratio, ".2f"), ratio and ratio >= least
        found = self.find("permutation/fill", dtype="int64", memory="heap")
        for peer in ["NumPy", "torch"]:
            ratio = self.ratio(peer, found)
            yield "`permutation/fill` of 100 million indices", f">= 5 x {peer}", optional(ratio, ".2f"), ratio and ratio >= 5
        found = self.find("permutation/index-at", dtype="int64", memory="heap")
        yield "`permutation/index-at`", "< 60 ns", short_time(found[1]["ms"]) if found else "", found and found[1]["ms"] < 60e-6
        fresh = [(n, r) for n, r in enumerate(self.results) if r["name"].endswith(FRESH) and self.ratio("torch", (n, r))]
        worst = min((self.ratio("torch", found) for found in fresh), default=None)
        yield f"all {len(fresh)} fresh results, the slowest of them", "> 1 x torch", optional(worst, ".2f"), worst and worst > 1
        found = self.find("loader/trivial-2", [20_000, 1], memory="heap")
        seen = found and found[1]["items_per_s"]
        yield "`loader/trivial-2`", ">= 1,000,000 batches/s", optional(seen, ",.0f"), seen and seen >= 1e6
        found = self.find("loader/arrays", big)
        what = "`loader/arrays` float32 1000000x128, batches of 256"
        seen = found and found[1]["share"]
        yield what, ">= 0.70 of gather", optional(seen, ".2f"), seen and seen >= 0.7
        ratio = self.ratio("torch", found)
        yield what, ">= 3 x torch", optional(ratio, ".2f"), ratio and ratio >= 3
        seen = found and found[1]["bytes_allocated"] / found[1]["items"]
        yield what, "<= 4096 B allocated for a batch", f"{seen:.0f} B" if found else "", found and seen <= 4096
        found = self.find("loader/processes", [256, 256, 1024])
        seen = found and found[1]["gbps"]
        yield "`loader/processes`, batches of 1 MiB", ">= 4 GB/s", optional(seen, ".1f"), seen and seen >= 4
        pairs = [(r, java[1]) for r, java in self.cache_pairs() if java]
        slower = [r for r, java in pairs if r["ms"] > java["ms"]]
        yield (f"{len(pairs)} sizes in the caches, native against Java", "none slower",
               f"{len(slower)} slower" if pairs else "", bool(pairs) and not slower if pairs else None)

    def goal_table(self):
        rows = []
        for what, wanted, seen, reached in self.goals():
            rows.append([what, wanted, seen, "not measured" if reached is None else "reached" if reached else "**not reached**"])
        return table(["what", "wanted", "measured", ""], rows, 2)

    # ---- the caches and the cost of a call

    def cache_pairs(self):
        """(native result, Java's or None) for every size."""
        for r in self.results:
            if r["name"] == "normalize-l2/in-cache" and r["kernels"] == "cpu":
                yield r, self.find(r["name"], r["shape"], r["dtype"], r["memory"], "java")

    def cache_table(self):
        rows = []
        for r, java in self.cache_pairs():
            number = self.results.index(r)
            rows.append(
                [f"{math.prod(r['shape']) * 4 >> 10} KiB", dims(r), r["memory"], short_time(r["ms"]), optional(r["gbps"], ".1f"),
                 optional(r["share"], ".2f"), f"{short_time(java[1]['ms'])} ({java[1]['ms'] / r['ms']:.2g}x)" if java else "",
                 *self.peer_cells(number, False)]
            )
        head = ["size", "shape", "memory", "native", "GB/s", "share of copy", "Java kernels", *self.peers]
        return table(head, rows, 3) if rows else ""

    def call_table(self):
        rows = []
        for r in self.results:
            if r["name"] in ("jni-call", "kernel-call", "normalize-l2/batch"):
                rows.append([f"`{r['name']}`", dims(r), r["memory"], short_time(r["ms"]), f"{r['bytes_allocated']} B"])
        return table(["call", "elements", "memory", "time", "allocated"], rows, 3) if rows else ""

    def texts(self):
        """What each library was asked to do: its own words, one line each."""
        lines = []
        for number, r in enumerate(self.results):
            if (Case(r).small and r["name"] != "normalize-l2/batch") or r["name"].startswith(LOADER):
                continue
            for peer in self.peers:
                time = self.peer_time(peer, number)
                if time:
                    lines.append([f"`{r['name']}` {r['dtype']} {dims(r)}", peer, f"`{time['text']}`"])
        functions = [
            f"- {peer}: `{name} = {text}`" for peer in self.peers for name, text in LIBRARIES[peer].functions.items()
        ]
        return "\n".join(functions), table(["operation", "library", "fastest way"], lines, 3) if lines else ""

    def terminal(self):
        others = self.operations(lambda r: not r["name"].startswith(LOADER))
        parts = [others, self.loader_table(), self.loader_ways(), self.goal_table()]
        return "".join(f"\n{part}\n" for part in parts if part)

    def document(self):
        def section(title, *parts):
            return f"## {title}\n\n" + "\n\n".join(part for part in parts if part) + "\n"

        apart = {"normalize-l2/in-cache", "normalize-l2/batch", "jni-call", "kernel-call"}
        roofs = [r for r in self.results if r["name"].startswith("roof/")]
        apart.update(r["name"] for _, r in self.loaders())
        given = self.operations(lambda r: r["name"] not in apart and r not in roofs and not r["name"].endswith(FRESH))
        fresh = self.operations(lambda r: r["name"].endswith(FRESH))
        parts = [
            "# Performance\n",
            "Made by the command below; do not edit.\n",
            f"    {self.command}\n",
            section("What must be reached", self.goal_table()),
            section("The machine", table(["", ""], self.machine, 2)),
            section("Method", METHOD.strip()),
            section("Roofs", table(["roof", "GB/s"], [[r["name"].removeprefix("roof/"), f"{r['gbps']:.1f}"] for r in roofs])),
            section("Outputs given", OUTPUTS.strip(), given),
            section("Fresh outputs", "Allocation included, on both sides.", fresh),
            section("In the caches", CACHES.strip(), self.cache_table()),
            section("The cost of a call", CALLS.strip(), self.call_table()),
            section("The loader", LOADERS.strip(), self.loader_table(), LOADER_WAYS.strip(), self.loader_ways()),
            section("What the libraries were asked to do", *self.texts()),
        ]
        return "\n".join(parts)


METHOD = """
- Batchmill: `batchmill bench`. Every group of operations runs in a fresh Java process; each call is warmed up for at least 1 s,
  then sampled 5 to 51 times, short calls many times in a sample. A time is the median; of what has a share of a roof or a time to
  reach, it is the median of three such processes, and so is its roof.
- GB/s counts the least memory that the operation must move (10^9 bytes per second): its input once, or twice where a result
  depends on all of the input (axis 0), and its output once.
- The roof is the fastest that this machine moved the same memory on the same threads, in the best of several piece sizes, measured
  between the samples of the operation: `read`, `write`, `copy`; `nt-write`, `nt-copy` past the caches; `read+nt-copy` two reads and
  one write. `gather` is Batchmill's own: one call of `NDArray.take` for all rows, of 512 bytes, in a random order. share = GB/s / roof.
  `nt-write` is the roof of the writes alone; what one-hot reads comes on top.
- The libraries: each in a process of its own, bound to as many processors as threads, its own thread pool set to them; warmed up,
  then the median of at least five samples (two where a call takes a second). Where a library has several ways, the fastest counts;
  the last section names it. They are measured some minutes after Batchmill.
- In brackets: their time divided by ours.
"""

OUTPUTS = """
The result is written into memory that is there. Times with * are of libraries that cannot: theirs contain the allocation of the
result. `to_categorical` of Keras gives float64, all others float32.
"""

CACHES = """
`normalize-l2` along the last axis, output given; Batchmill's times on the native kernels and on the Java ones.
"""

CALLS = """
`jni-call`: a call of native code with an input and an output that does nothing; heap: two Java arrays, not copied; direct: two
addresses. `kernel-call`: the same through the checks of the kernels' interface. `normalize-l2/batch`: a small batch, all in all.
"""

LOADERS = """
Walks over the batches of a `DataLoader`, each of which is closed. `loader/trivial-N`: N workers make nothing, the batch is always
the same; what is timed is the queue. `loader/arrays`: an epoch of the rows in a random order in batches of 256, with as many
workers as threads; with labels too, and with a transform of the rows on their way. The roof gathers all rows at once.
`loader/processes`: batches of 1 MiB from two worker processes by shared memory, or all of them by the socket; the roof writes as
much. Allocated: for a batch, on the heap of this process, by the consumer's thread and the workers' threads.
"""

LOADER_WAYS = """
The libraries walk over as many batches of the same size. What stands before `;;` is done once; processes are started then and stay.
"""


# ------------------------------------------------------------------------------------------------------------- machine


def first_match(path, pattern):
    try:
        found = re.search(pattern, pathlib.Path(path).read_text(), re.M)
    except OSError:
        found = None
    return found[1].strip() if found else "unknown"


def caches():
    sizes = []
    for index in sorted(pathlib.Path("/sys/devices/system/cpu/cpu0/cache").glob("index*")):
        level, kind, size = ((index / name).read_text().strip() for name in ["level", "type", "size"])
        sizes.append(f"L{level} {kind.lower()} {size}")
    return ", ".join(sizes)


def describe_machine(threads, peers):
    doctor = batchmill("doctor", "--json")
    versions = ", ".join(f"{name} {peer['version']}" for name, peer in peers.items() if peer)
    memory = int(first_match("/proc/meminfo", r"^MemTotal:\s+(\d+) kB") or 0)
    return [
        ["processor", first_match("/proc/cpuinfo", r"^model name\s*:\s*(.*)$")],
        ["processors", os.cpu_count()],
        ["threads used", threads],
        ["caches of one processor", caches()],
        ["memory", f"{memory / 2**20:.0f} GiB"],
        ["huge pages", first_match("/sys/kernel/mm/transparent_hugepage/enabled", r"\[(\w+)\]")],
        ["system", f"{platform.system()} {platform.release()}"],
        ["Java", doctor["machine"]["java"].split(" at ")[0]],
        ["Batchmill", f"{doctor['version']}, kernels {doctor['active']}, {doctor['natives']['instructionSet']}"],
        ["Python", platform.python_version()],
        ["libraries", versions],
    ]


# ---------------------------------------------------------------------------------------------------------------- main


# What has a share of a roof or a time to reach, as in Report.goals: the figures of a single process vary by some hundredths.
AIMED = (
    "normalize-l[12]/last float32.*direct|normalize-l2/(axis-0|middle) float32.*direct|one-hot int32.* direct|normalize-l2/batch"
)
AIMED_FORKS = 3


def measure(options):
    """The results of Batchmill's own benchmark."""
    command = ["bench", "--json", "--threads", str(options.threads)]
    if options.filter or options.quick:
        filtered = ["--filter", options.filter] if options.filter else []
        return batchmill(*command, *["--quick"] * options.quick, *filtered)

    def key(result):
        return tuple(str(result[what]) for what in ["name", "dtype", "shape", "memory", "kernels"])

    results = batchmill(*command)
    again = {key(r): r for r in batchmill(*command, "--forks", str(AIMED_FORKS), "--filter", AIMED)}
    return [again.get(key(r), r) for r in results]


def is_compared(result):
    """Whether the libraries run it too: once for all kernels and all kinds of Java's memory."""
    return result["kernels"] != "java" and (
        result["memory"] == "direct" or result["name"] in ("permutation/fill", "uniform") or result["name"].startswith(LOADER)
    )


def command_line(options):
    """This command as it is typed in the project's directory."""
    words = ["python src/bench/python/peers.py"]
    for name in ["filter", "threads"]:
        if getattr(options, name) is not None:
            words.append(f"--{name} {getattr(options, name)}")
    if options.batchmill:
        words.append(f"--batchmill {options.batchmill.name}")
    if options.write:
        file = options.write.resolve()
        words.append(f"--write {file.relative_to(ROOT) if file.is_relative_to(ROOT) else file.name}")
    return " ".join(words + ["--quick"] * options.quick)


def main():
    parser = argparse.ArgumentParser(description="Times the same operations in other libraries.", epilog="See the head of this file.")
    parser.add_argument("--write", metavar="FILE", type=pathlib.Path)
    parser.add_argument("--filter", metavar="S")
    parser.add_argument("--batchmill", metavar="FILE", type=pathlib.Path)
    parser.add_argument("--threads", metavar="N", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--child", metavar="LIBRARY", choices=LIBRARIES, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        run_library(options.child, options.threads, options.quick)
        return
    if options.batchmill:
        results = json.loads(options.batchmill.read_text())
    else:
        results = measure(options)
    cases = {number: r for number, r in enumerate(results) if is_compared(r)}
    peers = {name: ask_library(name, cases, options.threads, options.quick) for name in LIBRARIES}
    report = Report(results, peers, describe_machine(options.threads, peers), command_line(options))
    print(report.terminal())
    if options.write:
        options.write.write_text(report.document(), encoding="utf-8")


if __name__ == "__main__":
    main()
