#!/usr/bin/env bash
# Checks that the C++ and CUDA sources are formatted by .clang-format; with --fix, formats them.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
mapfile -d '' -t sources < <(find cpp cuda -type f \( -name '*.h' -o -name '*.cpp' -o -name '*.cuh' -o -name '*.cu' \) -print0)
if [ "${1:-}" = --fix ]; then
  clang-format -i "${sources[@]}"
else
  clang-format --dry-run --Werror "${sources[@]}"
fi
