#!/usr/bin/env python3
"""Judges what nvcc makes of the kernels, without a GPU.

Compiles each .cu file for one architecture. A kernel fails that takes more registers or shared memory than budget.txt, beside
this file, allows it, that spills more, or that is not in it; so does one that should move 16 bytes at a time (LOADING and
STORING, below) but whose PTX holds no such access.

With --write, budget.txt is made anew from what there is; read the difference before committing it.

Another version of nvcc allocates registers otherwise: then only the accesses are judged, and this is said.
"""
import argparse
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ARCHITECTURE = "sm_90"
CUDA = pathlib.Path(__file__).resolve().parent.parent
BUDGET = pathlib.Path(__file__).resolve().parent / "budget.txt"

# Kernels, by a pattern of their names, that load or store 16 bytes at a time. Of floats that are summed as doubles, packs are of
# 8 bytes.
LOADING = [
    r"(short|warp|block|chunk|divide)_rows<(?!float, (OrderPower|double)).*true>",
    r"gather<uint4, uint4, Copy>",
    r"gather<Words<(16|32|64)>, .*>",
]
STORING = [
    r"(short|warp|block|divide)_rows<(?!float, (OrderPower|double)).*true>",
    r"gather<uint4, .*>",
    r"gather<Words<.*>",
    r"convert_flat<.*>",
    r"one_hot_(vectors|flat|planes)<.*>",
]
WIDE = r"\.global(\.\w+)*\.(v4\.[usfb]32|v2\.[usfb]64)\b"


def output_of(*command):
    result = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if result.returncode != 0:
        sys.exit(result.stdout[-4000:])
    return result.stdout


def standard(mangled):
    """The name with nvcc's names of unnamed namespaces, which differ from path to path, as the C++ ABI writes them."""
    while True:
        found = re.search(r"(\d\d)(_GLOBAL__N__)", mangled)
        if not found:
            return mangled
        end = found.end(1) + int(found.group(1))
        mangled = mangled[: found.start()] + "12_GLOBAL__N_1" + mangled[end:]


def short(demangled):
    name = re.sub(r"^void |batchmill::|device::|\(anonymous namespace\)::|<unnamed>::", "", demangled.strip())
    name = re.sub(r"\((int|unsigned int|bool)\)", "", name)
    depth = 0
    for at, character in enumerate(name):
        depth += (character == "<") - (character == ">")
        if character == "(" and depth == 0:
            return name[:at]
    return name


def compiled(nvcc, source):
    """Of each kernel: its name as linkers see it, registers, bytes of shared memory, bytes spilled, PTX."""
    with tempfile.TemporaryDirectory() as directory:
        log = output_of(nvcc, "-cubin", "-O3", "-DNDEBUG", f"-arch={ARCHITECTURE}", "-std=c++17", "--fmad=false",
                        "-Xptxas=-v", f"-I{CUDA}/include", f"-I{CUDA}/src", f"-I{CUDA}/../cpp/include",
                        f"-I{CUDA}/../cpp/src", "--keep", "--keep-dir", directory, "-o", f"{directory}/out.cubin", source)
        ptx = next(pathlib.Path(directory).glob("*.ptx")).read_text()
    code = dict(re.findall(r"\.entry (\S+)\((.*?)^}", ptx, re.S | re.M))
    kernels = []
    for part in log.split("Compiling entry function '")[1:]:
        mangled = part[: part.index("'")]
        registers = int(re.search(r"Used (\d+) registers", part).group(1))
        shared = re.search(r"(\d+) bytes smem", part)
        spilled = int(re.search(r"(\d+) bytes spill stores", part).group(1))
        kernels.append((mangled, registers, int(shared.group(1)) if shared else 0, spilled, code[mangled]))
    return kernels


def named(kernels, demangler):
    mangled = [standard(kernel[0]) for kernel in kernels]
    names = output_of(demangler, *mangled).splitlines()
    return {short(name): kernel[1:] for name, kernel in zip(names, kernels)}


def read_budget():
    if not BUDGET.exists():
        return None, {}
    lines = BUDGET.read_text().splitlines()
    fields = [line.split(None, 3) for line in lines if line and not line.startswith("#")]
    return lines[0], {name: (int(registers), int(shared), int(spilled)) for registers, shared, spilled, name in fields}


def first_line(version):
    what = "registers, bytes of shared memory, bytes spilled, kernel"
    return f"# {ARCHITECTURE}, nvcc {version}: {what}. Made by check_code.py --write."


def over_budget(kernels, budget):
    for name, (registers, shared, spilled, _) in sorted(kernels.items()):
        if name not in budget:
            yield f"{name}: not in budget.txt"
            continue
        for what, used, allowed in zip(("registers", "bytes of shared memory", "bytes spilled"), (registers, shared, spilled),
                                       budget[name]):
            if used > allowed:
                yield f"{name}: {used} {what}, the budget is {allowed}"
    for name in sorted(budget.keys() - kernels.keys()):
        yield f"{name}: in budget.txt, but there is no such kernel"


def narrow(kernels):
    for access, patterns in (("ld", LOADING), ("st", STORING)):
        for pattern in patterns:
            matching = [name for name in kernels if re.fullmatch(pattern, name)]
            if not matching:
                yield f"{pattern}: no kernel has such a name"
            for name in sorted(matching):
                if not re.search(access + WIDE, kernels[name][3]):
                    yield f"{name}: no {access} of 16 bytes"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nvcc", default="nvcc")
    parser.add_argument("--demangler", default="c++filt")
    parser.add_argument("--write", action="store_true", help="make budget.txt anew")
    arguments = parser.parse_args()
    version = re.search(r"V(\d+\.\d+\.\d+)", output_of(arguments.nvcc, "--version")).group(1)
    sources = sorted(CUDA.glob("src/*.cu"), key=lambda source: -source.stat().st_size)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        kernels = [kernel for some in pool.map(lambda source: compiled(arguments.nvcc, source), sources) for kernel in some]
    kernels = named(kernels, arguments.demangler)
    head = first_line(version)
    if arguments.write:
        lines = [f"{registers} {shared} {spilled} {name}" for name, (registers, shared, spilled, _) in sorted(kernels.items())]
        BUDGET.write_text("\n".join([head, *lines]) + "\n")
    budget_head, budget = read_budget()
    faults = list(narrow(kernels))
    if budget_head == head:
        faults += over_budget(kernels, budget)
    else:
        print(f"check_code.py: budget.txt is of another nvcc than {version}: registers are not compared")
    for fault in faults:
        print(fault)
    print(f"{len(kernels)} kernels, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
