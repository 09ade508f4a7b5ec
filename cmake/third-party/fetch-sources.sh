#!/bin/sh
# Fetches the sources of the libraries that the native library links statically, with Debian's patches applied, and ours, from
# the machine's own package archive:
#
#   fetch-sources.sh [--pinned] OUT_DIR
#
# writes OUT_DIR/{zlib,bzip2,xz-utils,libzstd,lz4,libarchive} and OUT_DIR/versions, which names what was fetched and is written
# last: with it there the script returns at once and touches no network. The versions are those of the file pins, and so are the
# digests. Where the archive has given up such a version for a newer one, that one is taken and this is said; with --pinned, for
# what is published, it is an error. Needs apt, dpkg-dev, patch, xz-utils and bzip2.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
patches=$here/patches
pins=$(grep -v '^#' "$here/pins")

fail() {
  echo "fetch-sources.sh: $*" >&2
  exit 1
}

. "$here/../private-apt.sh"

pinned=false
if [ "${1:-}" = --pinned ]; then
  pinned=true
  shift
fi
[ $# -eq 1 ] || fail "usage: fetch-sources.sh [--pinned] OUT_DIR"

# Ends the script when what was fetched will do.
finish() { # OUT_DIR
  others=$(echo "$pins" | cut -d' ' -f1,2 | grep -vxF -f "$1/versions" || true)
  [ -n "$others" ] || exit 0
  if $pinned; then
    fail "other versions than the pinned ones: found='$(tr '\n' ';' < "$1/versions")' missing='$(echo $others)'; make the file pins new, and CHANGELOG"
  fi
  echo "fetch-sources.sh: the package archive no longer has $(echo $others): takes $(tr '\n' ';' < "$1/versions")" >&2
  exit 0
}

if [ -f "$1/versions" ]; then
  finish "$1"
fi
for tool in apt-get dpkg-source patch xz bzip2; do
  command -v "$tool" > /dev/null || fail "no $tool: on Debian or Ubuntu, apt-get install dpkg-dev patch xz-utils bzip2"
done
mkdir -p "$1"
out=$(cd "$1" && pwd)
apt=$out/apt
private_apt "$apt" deb-src "$(dpkg --print-architecture)"
echo "$pins" | while read -r package version _; do
  (cd "$apt/download" && { apt-get -qq source --download-only "$package=$version" || apt-get -qq source --download-only "$package"; })
done > "$apt/download.log" 2>&1 || {
  cat "$apt/update.log" "$apt/download.log" >&2
  fail "cannot download the sources: packages='$(echo "$pins" | cut -d' ' -f1 | tr '\n' ' ')'"
}

: > "$apt/versions"
echo "$pins" | while read -r package version digest; do
  set -- "$apt/download/${package}_"*.dsc
  { [ $# -eq 1 ] && [ -f "$1" ]; } || fail "want one source package: name=$package found=$*"
  found=$(sed -n 's/^Version: //p' "$1" | head -n 1)
  if [ "$found" = "$version" ] && [ "$(sha256sum "$1" | cut -d' ' -f1)" != "$digest" ]; then
    fail "another source package than the pinned one: file=$1 expected sha256=$digest"
  fi
  rm -rf "${out:?}/$package"
  dpkg-source --no-check --no-copy -x "$1" "$out/$package" > "$apt/unpack.log" 2>&1 || {
    cat "$apt/unpack.log" >&2
    fail "cannot unpack: $1"
  }
  for patch in "$patches/$package"-*.patch; do
    [ -f "$patch" ] || continue
    patch --batch --quiet --strip=1 --directory="$out/$package" < "$patch" || fail "cannot patch $package: $patch"
  done
  echo "$package $found" >> "$apt/versions"
done
mv "$apt/versions" "$out/versions"
rm -rf "$apt"
finish "$out"
