# Sourced by the tests of the platforms: where things lie, and what they share.
root=$(cd "$(dirname "$0")/../.." && pwd)
here=$root/src/platform-tests
tools=$root/build/platform-tests # what is downloaded and compiled, kept
zig=$root/build/zig
mkdir -p "$tools"

say() { echo "$(basename "$0" .sh): $*"; }
fail() {
  echo "$(basename "$0" .sh): $*" >&2
  exit 1
}
. "$root/cmake/private-apt.sh"

main_jar=$(ls "$root"/target/batchmill-*.jar | grep -E '/batchmill-[0-9.]+(-SNAPSHOT)?\.jar$') || fail "no jar in target: run ./batchmill natives"

natives_jar() { # PLATFORM
  natives=${main_jar%.jar}-$1.jar
  [ -f "$natives" ] || fail "no natives of $1: file=$natives; run ./batchmill natives"
  echo "$natives"
}

# The library in a jar, as a file.
library_of() { # PLATFORM FILE [CLASSIFIER]
  unpacked=$tools/natives/${3:-$1}
  rm -rf "$unpacked"
  mkdir -p "$unpacked"
  (cd "$unpacked" && "${JAVA_HOME:+$JAVA_HOME/bin/}jar" -xf "$(natives_jar "${3:-$1}")")
  echo "$unpacked/dev/batchmill/internal/bind/$1/$2"
}

# Fails when a Linux library needs a newer C library than glibc 2.17, or one of GCC's or Clang's, or finds others by a path.
check_floor() { # FILE
  versions=$(objdump -T "$1" | grep -oE '(GLIBC|GLIBCXX|CXXABI|GCC)_[0-9.]+' | sort -Vu)
  if echo "$versions" | grep -vE '^GLIBC_' | grep -q .; then
    fail "needs a C++ library or one of the compiler's: file=$1 versions=$(echo $versions)"
  fi
  newest=$(echo "$versions" | tail -n 1)
  [ "$(printf '%s\nGLIBC_2.17\n' "$newest" | sort -V | tail -n 1)" = GLIBC_2.17 ] ||
    fail "needs a newer C library than glibc 2.17: file=$1 versions=$(echo $versions)"
  others=$(objdump -p "$1" | awk '/NEEDED/ {print $2}' | grep -vxE 'lib(c|m|dl|pthread|rt)\.so\.[0-9]|ld-linux-.*' || true)
  [ -z "$others" ] || fail "needs other libraries: file=$1 needed=$(echo $others)"
  ! objdump -p "$1" | grep -E 'RPATH|RUNPATH' || fail "looks for libraries along a path: file=$1"
  say "$(basename "$1") needs $newest at most, and $(objdump -p "$1" | awk '/NEEDED/ {printf "%s ", $2}')"
}

# The results of the kernels of the host's own library, to compare with.
expected_kernels() {
  cc -O1 -o "$tools/kernels" "$here/kernels.c" -ldl
  "$tools/kernels" "$(library_of linux-x86_64 libjnibatchmill.so)" > "$tools/kernels.expected"
}

compare_kernels() { # OUTPUT WHAT
  tr -d '\r' < "$1" | diff "$tools/kernels.expected" - || fail "the kernels give other bits than on linux-x86_64: $2"
  say "$(grep -c status "$1") results with the bits of linux-x86_64: $2"
}
