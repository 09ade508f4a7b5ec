"""Writes words of Philox4x32-10 as TensorFlow makes them, which is a second source beside Random123's published vectors.

    python3 src/test/python/philox_golden.py > src/test/resources/dev/batchmill/random/philox.golden
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import tensorflow as tf

KEYS = [0, 1, 1337, 2**32 - 1, 2**32, 0x299F31D0A4093822, 2**63, 2**64 - 1]
COUNTERS = [(0, 0), (0, 1), (5, 7), (2**32 - 1, 2**32 - 1), (0x85A308D3243F6A88, 0x0370734413198A2E), (2**64 - 2, 3), (2**64 - 2, 2**64 - 1)]


def main():
    print(f"# tensorflow {tf.__version__}")
    print("# Key, lower and upper half of the counter, twelve words from there on: all unsigned. The last")
    print("# counters pass from one half into the other, and from the end to the beginning.")
    for key in KEYS:
        for low, high in COUNTERS:
            state = tf.constant([low, high], tf.uint64)
            generator = tf.random.Generator.from_key_counter(tf.constant(key, tf.uint64), state, "philox")
            words = generator.uniform_full_int([12], tf.uint32).numpy().tolist()
            print(key, low, high, ",".join(map(str, words)))


if __name__ == "__main__":
    main()
