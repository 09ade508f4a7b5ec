#!/bin/sh
# Looks at the natives of macosx-x86_64 and macosx-arm64; nothing here can run them. Needs llvm-objdump.
set -eu
. "$(dirname "$0")/common.sh"

for platform in macosx-x86_64 macosx-arm64; do
  library=$(library_of "$platform" libjnibatchmill.dylib)
  headers=$(llvm-objdump --macho --private-headers "$library")
  oldest=$(echo "$headers" | awk '$1 == "minos" {print $2}')
  [ "$oldest" = 11.0 ] || fail "is for another macOS than 11.0: file=$library minos=$oldest"
  needed=$(llvm-objdump --macho --dylibs-used "$library" | awk 'NR > 1 {print $1}' | grep -v '^@rpath/' || true)
  [ "$needed" = /usr/lib/libSystem.B.dylib ] || fail "needs other libraries: file=$library needed=$(echo $needed)"
  exported=$(llvm-objdump --macho --exports-trie "$library" | awk '$1 ~ /^0x/ {print $2}' | grep -vE '^(_Java_.*|_JNI_.*|__mh_dylib_header|___dso_handle)$' || true)
  [ -z "$exported" ] || fail "exports more than JNI's functions: file=$library exported=$(echo $exported)"
  if [ "$platform" = macosx-arm64 ]; then
    echo "$headers" | grep -q LC_CODE_SIGNATURE || fail "has no code signature, without which macOS on arm64 loads nothing: file=$library"
  fi
  say "$platform: macOS $oldest or newer, needs $needed, exports JNI's functions only"
done
