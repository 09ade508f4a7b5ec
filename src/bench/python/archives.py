"""Times the extraction of a tar of 10,000 small files and of a tar.gz of 1 GiB, beside bsdtar and Python's tarfile.

    python src/bench/python/archives.py [--folder F] [--rounds N] [--mebibytes M]

--folder F      where to work; it should be on the disk, or the tmpfs, that matters. Default: a temporary folder
--rounds N      extractions of each kind, in turn; the median counts. Default: 5
--mebibytes M   the size of the large archive's content. Default: 1024

Needs the packaged jars (`./batchmill test` makes them) and bsdtar (Debian: apt-get install libarchive-tools). "batchmill" is one
extraction in a JVM that has made some already; "batchmill, cold" is the command line, the start of its JVM included.
"""

import argparse
import os
import pathlib
import random
import shutil
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]


def make_small(folder):
    source = folder / "source"
    draw = random.Random(1)
    for i in range(10_000):
        file = source / f"class-{i % 100:02}" / f"image-{i:05}.bin"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(draw.randbytes(draw.randrange(500, 4000)))
    archive = folder / "small.tar"
    subprocess.run(["tar", "-cf", archive, "-C", source, "."], check=True)
    shutil.rmtree(source)
    return archive


def make_large(folder, mebibytes):
    """Numbers as text: what a data set is made of, to about 45 percent."""
    archive = folder / "large.tar.gz"
    draw = random.Random(2)
    part = b"".join(b"%d,%.4f\n" % (draw.randrange(1000), draw.gauss(0, 1)) for _ in range(700_000))
    file = folder / "table.csv"
    with file.open("wb") as out:
        while out.tell() < mebibytes << 20:
            out.write(part[: (mebibytes << 20) - out.tell()])
    subprocess.run(f"tar -cf - -C {folder} table.csv | gzip -6 > {archive}", shell=True, check=True)
    file.unlink()
    return archive


def timed(run, destination):
    start = time.perf_counter()
    run(destination)
    seconds = time.perf_counter() - start
    shutil.rmtree(destination, ignore_errors=True)
    return seconds


def bsdtar(archive):
    def run(destination):
        destination.mkdir()
        subprocess.run(["bsdtar", "-xf", archive, "-C", destination], check=True)

    return run


def python(archive):
    def run(destination):
        with tarfile.open(archive) as tar:
            tar.extractall(destination, filter="data")

    return run


def class_path():
    jars = [j for j in (ROOT / "target").glob("batchmill-*.jar") if "sources" not in j.name and "javadoc" not in j.name]
    others = ("javacpp", "picocli", "jspecify")
    jars += [j for j in pathlib.Path.home().glob(".m2/repository/**/*.jar") if j.name.startswith(others)]
    return os.pathsep.join(map(str, jars))


def cold(archive):
    def run(destination):
        command = ["java", "-cp", class_path(), "dev.batchmill.internal.cli.Main", "extract", archive, destination]
        subprocess.run(command, check=True, capture_output=True)

    return run


class Warm:
    """A JVM that extracts again and again, and takes the time itself."""

    def __init__(self, archive):
        command = ["java", "-cp", class_path(), pathlib.Path(__file__).with_name("ExtractTimes.java"), archive]
        self.jvm = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def seconds(self, destination):
        self.jvm.stdin.write(f"{destination}\n")
        self.jvm.stdin.flush()
        line = self.jvm.stdout.readline()
        shutil.rmtree(destination, ignore_errors=True)
        return float(line)

    def close(self):
        self.jvm.stdin.close()
        self.jvm.wait()


def measure(name, archive, folder, rounds, warm_up):
    runs = {"bsdtar": bsdtar(archive), "tarfile": python(archive), "batchmill, cold": cold(archive)}
    seconds = {kind: [] for kind in [*runs, "batchmill"]}
    warm = Warm(archive)
    for _ in range(warm_up):
        warm.seconds(folder / "out")
    for _ in range(rounds):
        for kind, run in runs.items():
            seconds[kind].append(timed(run, folder / "out"))
        seconds["batchmill"].append(warm.seconds(folder / "out"))
    warm.close()
    base = statistics.median(seconds["bsdtar"])
    print(f"{name} ({archive.stat().st_size >> 20} MiB)")
    for kind, all_seconds in seconds.items():
        median = statistics.median(all_seconds)
        print(f"  {kind:16} {median:8.3f} s  {median / base:5.2f} times bsdtar  (least {min(all_seconds):.3f} s)", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--mebibytes", type=int, default=1024)
    arguments = parser.parse_args()
    if shutil.which("bsdtar") is None:
        sys.exit("no bsdtar: on Debian or Ubuntu, apt-get install libarchive-tools")
    with tempfile.TemporaryDirectory(dir=arguments.folder) as name:
        folder = pathlib.Path(name)
        measure("10,000 small files", make_small(folder), folder, arguments.rounds, 5)
        measure("one large file", make_large(folder, arguments.mebibytes), folder, arguments.rounds, 1)


if __name__ == "__main__":
    main()
