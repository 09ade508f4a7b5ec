#!/bin/sh
# Tests the natives of windows-x86_64 under wine: what the DLL imports, its kernels through a JNI environment without a virtual
# machine on each instruction set, and the C++ tests. There is no Java for Windows in it. Takes wine from Debian's packages and
# installs nothing.
set -eu
. "$(dirname "$0")/common.sh"

unpack_packages "$tools/wine" "$(dpkg --print-architecture)" "" wine64 libwine libz-mingw-w64
libraries=$tools/wine/usr/lib/x86_64-linux-gnu
cp "$tools/wine/usr/x86_64-w64-mingw32/lib/zlib1.dll" "$libraries/wine/x86_64-windows/"
[ ! -e "$tools/wine/usr/lib/wine/wineserver64" ] || cp "$tools/wine/usr/lib/wine/wineserver64" "$tools/wine/usr/lib/wine/wineserver"
wine() {
  WINEPREFIX=$tools/wine-prefix WINEDLLOVERRIDES='mscoree,mshtml=' WINEDEBUG=-all LD_LIBRARY_PATH=$libraries \
    "$tools/wine/usr/lib/wine/wine64" "$@"
}

library=$(library_of windows-x86_64 jnibatchmill.dll)
imports=$(objdump -p "$library" | awk '/DLL Name/ {print $3}')
others=$(echo "$imports" | grep -vixE 'kernel32\.dll|ntdll\.dll|api-ms-win-crt-.*\.dll' || true)
[ -z "$others" ] || fail "needs other libraries than Windows' own: needed=$(echo $others)"
say "$(basename "$library") needs $(echo $imports)"
# The unwinder that zig links exports itself; on Windows nobody else takes it from here.
exported=$(objdump -p "$library" | sed -n '/Ordinal\/Name Pointer/,/^$/s/^.*\] //p' | grep -vE '^(Table|Java_.*|JNI_.*|_?_?(Unwind|unw|GCC|libunwind)_.*)$' || true)
[ -z "$exported" ] || fail "exports more than JNI's functions: $(echo $exported)"

expected_kernels
"$zig/bin/windows-x86_64-cc" -o "$tools/kernels.exe" "$here/kernels.c"
for isa in baseline avx2 avx512; do
  if BATCHMILL_ISA=$isa "$tools/kernels" "$(library_of linux-x86_64 libjnibatchmill.so)" > /dev/null; then
    BATCHMILL_ISA=$isa wine "$tools/kernels.exe" "$library" > "$tools/kernels.out" || { cat "$tools/kernels.out"; fail "the kernels do not run: $isa"; }
    compare_kernels "$tools/kernels.out" "BATCHMILL_ISA=$isa"
  fi
done

say "builds the C++ tests"
build=$root/build/zig-windows-x86_64/test
cmake -S "$root/cpp" -B "$build" -G Ninja -DCMAKE_TOOLCHAIN_FILE="$root/cmake/zig/zig.cmake" -DBATCHMILL_ZIG="$zig" \
  -DBATCHMILL_PLATFORM=windows-x86_64 -DBATCHMILL_PINNED=ON -DBATCHMILL_TESTS=ON > "$tools/test-build.log"
cmake --build "$build" --target batchmill_test >> "$tools/test-build.log" || { tail -n 40 "$tools/test-build.log"; fail "the C++ tests do not build"; }
say "runs the C++ tests"
cd "$root"
wine "$build/test/batchmill_test.exe"
