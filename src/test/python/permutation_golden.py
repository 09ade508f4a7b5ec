"""Writes the golden vectors of Permutation: an independent copy of the scheme that Permutation.java describes.

    python3 src/test/python/permutation_golden.py > src/test/resources/dev/batchmill/random/permutation.golden

Needs nothing but Python. The vectors are frozen: a change of this file's output is a change of every user's order.
"""

import hashlib
import math
import struct

WORD = 0xFFFFFFFF
DOUBLE = 0xFFFFFFFFFFFFFFFF
ROUNDS = 8
TABLE = 65536


def philox(key, counter):
    key0, key1 = key & WORD, key >> 32 & WORD
    a, b, c, d = counter
    for _ in range(10):
        p, q = 0xD2511F53 * a, 0xCD9E8D57 * c
        a, b, c, d = q >> 32 ^ b ^ key0, q & WORD, p >> 32 ^ d ^ key1, p & WORD
        key0, key1 = key0 + 0x9E3779B9 & WORD, key1 + 0xBB67AE85 & WORD
    return a, b, c, d


def stream(size, seed, epoch):
    epoch &= DOUBLE
    words = philox(seed & DOUBLE, (epoch & WORD, epoch >> 32, size & WORD, size >> 32))
    block = 0
    while True:
        yield from philox(words[0] | words[1] << 32, (block & WORD, block >> 32, words[2], words[3]))
        block += 1


def table(size, words):
    """Returns the function from position to index for a small size."""
    indices = list(range(size))
    for i in range(size - 1, 0, -1):
        bound = i + 1
        while True:
            product = next(words) * bound
            if product & WORD >= (1 << 32) % bound:
                break
        j = product >> 32
        indices[i], indices[j] = indices[j], indices[i]
    return indices.__getitem__


def network(size, words):
    """Returns the function from position to index for a large size."""
    rows = math.isqrt(size - 1) + 1
    columns = -(-size // rows)
    keys = []
    for _ in range(ROUNDS):
        multiplier, low, high = next(words) | 1, next(words), next(words)
        keys.append((multiplier, low | high << 32))

    def scatter(digit, key, radix):
        product = digit * key[0] + key[1] & DOUBLE
        folded = (product ^ product >> 32) & WORD
        return (folded * 0x9E3779B1 & WORD) * radix >> 32

    def index(position):
        value = position
        while True:
            upper, lower = divmod(value, columns)
            for round_, key in enumerate(keys):
                if round_ % 2 == 0:
                    upper = (upper + scatter(lower, key, rows)) % rows
                else:
                    lower = (lower + scatter(upper, key, columns)) % columns
            value = upper * columns + lower
            if value < size:
                return value

    return index


def permutation(size, seed, epoch):
    return (table if size <= TABLE else network)(size, stream(size, seed, epoch))


def spots(size):
    """Positions at both ends and in between."""
    near = [0, 1, 2, 3, 4]
    between = [size // 7 * k + k for k in range(1, 6)]
    return sorted({p for p in near + between + [size - 1 - p for p in near] if 0 <= p < size})


def main():
    print("# Permutation: size, seed, epoch; SHA-256 of the whole order as little-endian 64-bit numbers, or - where it is too")
    print("# long; FNV-1a of the same; position:index pairs. Made by src/test/python/permutation_golden.py.")
    small = [0, 1, 2, 3, 4, 5, 6, 7, 10, 100, 255, 256, 257, 1000, 65535, 65536]
    large = [65537, 65538, 66048, 66049, 66050, 100000, 262145]
    huge = [2**31 - 1, 2**31, 2**32 + 1, 10**9, 10**12, 2**53 + 1, 2**61, 2**62 - 1, 2**62]
    keys = [(0, 0), (1, 0), (0, 1), (1337, 3), (-1, -1), (2**63 - 1, 2**40), (-(2**63), 7)]
    for size in small + large + huge:
        for seed, epoch in keys if size < 1000 or size > 262145 else keys[:2] + keys[-2:]:
            index = permutation(size, seed, epoch)
            sha, fnv = "-", "-"
            if size <= 262145:
                whole = b"".join(struct.pack("<q", index(p)) for p in range(size))
                sha = hashlib.sha256(whole).hexdigest()
                fnv = 0xCBF29CE484222325
                for byte in whole:
                    fnv = (fnv ^ byte) * 0x100000001B3 & DOUBLE
                fnv = f"{fnv:016x}"
            pairs = ",".join(f"{p}:{index(p)}" for p in spots(size)) or "-"
            print(size, seed, epoch, sha, fnv, pairs)


if __name__ == "__main__":
    main()
