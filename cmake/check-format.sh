#!/usr/bin/env bash
# Checks that the C++ and CUDA sources are formatted by .clang-format; with --fix, formats them. Other versions of clang-format than
# Debian 12's lay out some code otherwise: with them nothing is checked, and this is said.
set -euo pipefail

version=14
format=clang-format-$version
command -v "$format" >/dev/null || format=clang-format
found=$("$format" --version | sed -n 's/.*version \([0-9]*\).*/\1/p')
if [ "$found" != "$version" ]; then
  echo "check-format.sh: the C++ format is that of clang-format $version, not of ${found:-none}: nothing is checked" >&2
  exit 0
fi

cd "$(dirname "${BASH_SOURCE[0]}")/.."
mapfile -d '' -t sources < <(find cpp cuda -type f \( -name '*.h' -o -name '*.cpp' -o -name '*.cuh' -o -name '*.cu' \) -print0)
if [ "${1:-}" = --fix ]; then
  "$format" -i "${sources[@]}"
else
  "$format" --dry-run --Werror "${sources[@]}"
fi
