#!/bin/sh
# Fetches the sources of the libraries that the native library links statically, with Debian's patches applied, and ours, from
# the machine's own package archive:
#
#   fetch-sources.sh OUT_DIR
#
# writes OUT_DIR/{zlib,bzip2,xz-utils,libzstd,lz4,libarchive} and OUT_DIR/versions, which names what was fetched and is written
# last: with it there the script returns at once and touches no network. Works as an ordinary user and leaves apt's lists alone:
# it gives apt a private folder in which every `deb` entry of the machine stands as `deb-src`, keys included. apt checks the
# signatures and digests. Needs apt, dpkg-dev, patch, xz-utils and bzip2.
set -eu

patches=$(cd "$(dirname "$0")" && pwd)/patches
packages='zlib bzip2 xz-utils libzstd lz4 libarchive'

fail() {
  echo "fetch-sources.sh: $*" >&2
  exit 1
}

[ $# -eq 1 ] || fail "usage: fetch-sources.sh OUT_DIR"
if [ -f "$1/versions" ]; then
  exit 0
fi
for tool in apt-get dpkg-source patch xz bzip2; do
  command -v "$tool" > /dev/null || fail "no $tool: on Debian or Ubuntu, apt-get install dpkg-dev patch xz-utils bzip2"
done
mkdir -p "$1"
out=$(cd "$1" && pwd)
apt=$out/apt
rm -rf "$apt"
mkdir -p "$apt/sources" "$apt/lists/partial" "$apt/archives/partial" "$apt/download"

# Every entry of the machine, as deb-src: one-line (.list) and deb822 (.sources) files.
count=0
for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
  [ -f "$file" ] || continue
  count=$((count + 1))
  sed -n 's/^[[:space:]]*deb[[:space:]]/deb-src /p' "$file" > "$apt/sources/$count.list"
done
for file in /etc/apt/sources.list.d/*.sources; do
  [ -f "$file" ] || continue
  count=$((count + 1))
  sed 's/^[Tt]ypes:.*/Types: deb-src/' "$file" > "$apt/sources/$count.sources"
done
[ "$count" -gt 0 ] || fail "no package sources: /etc/apt/sources.list and /etc/apt/sources.list.d hold none"

cat > "$apt/apt.conf" << END
Dir::Etc::sourcelist "/dev/null";
Dir::Etc::sourceparts "$apt/sources";
Dir::State::lists "$apt/lists";
Dir::Cache::archives "$apt/archives";
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
APT::Sandbox::User "$(id -un)";
Acquire::Languages "none";
Acquire::Retries "3";
END
export APT_CONFIG="$apt/apt.conf"

# A source that offers no deb-src index makes `update` fail although the others are there: the download is what decides.
apt-get -qq update > "$apt/update.log" 2>&1 || true
# shellcheck disable=SC2086
(cd "$apt/download" && apt-get -qq source --download-only $packages) > "$apt/download.log" 2>&1 || {
  cat "$apt/update.log" "$apt/download.log" >&2
  fail "cannot download the sources: packages='$packages'"
}

: > "$apt/versions"
for package in $packages; do
  set -- "$apt/download/${package}_"*.dsc
  { [ $# -eq 1 ] && [ -f "$1" ]; } || fail "want one source package: name=$package found=$*"
  rm -rf "${out:?}/$package"
  dpkg-source --no-check --no-copy -x "$1" "$out/$package" > "$apt/unpack.log" 2>&1 || {
    cat "$apt/unpack.log" >&2
    fail "cannot unpack: $1"
  }
  for patch in "$patches/$package"-*.patch; do
    [ -f "$patch" ] || continue
    patch --batch --quiet --strip=1 --directory="$out/$package" < "$patch" || fail "cannot patch $package: $patch"
  done
  sed -n "s/^Version: /$package /p" "$1" | head -n 1 >> "$apt/versions"
done
mv "$apt/versions" "$out/versions"
rm -rf "$apt"
