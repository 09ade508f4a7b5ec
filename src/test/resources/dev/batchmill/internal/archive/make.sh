#!/bin/sh
# Makes the archives beside this script with the tools that people use: GNU tar 1.34, GNU cpio 2.13, 7-Zip 16.02 (p7zip), xz 5.4.1,
# zstd 1.5.4, lz4 1.9.4, Info-ZIP 3.0. On Debian 12:
#
#   apt-get install p7zip-full cpio xz-utils zstd lz4 zip bzip2 && sh make.sh
#
# All but those named links*, sparse* and *.rar hold the same tree. Nothing free writes RAR: links4.rar, links5.rar, packed5.rar and
# encrypted.rar are libarchive's test_read_format_rar.rar, _rar5_symlink.rar, _rar5_compressed.rar and _rar_encryption_data.rar
# (BSD licence, (c) 2003-2018 Tim Kientzle and others).
set -eu
out=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
cd "$work"
umask 022
mkdir -p data/empty
printf 'hello\n' > data/a.txt
seq 1 500 > data/numbers.csv
printf '#!/bin/sh\n' > data/run.sh
chmod 755 data/run.sh
printf 'n\n' > 'data/zähler-数.txt'
ln -s a.txt data/link
: > data/nothing
find data -exec touch -h -d '2024-02-29T12:34:56Z' {} +
names() { LC_ALL=C find data | LC_ALL=C sort; }

for method in LZMA2 LZMA PPMd BZip2 Deflate Copy; do
  7z a -bd -m0=$method -mtc=off -mta=off "$out/$method.7z" data > /dev/null
done
7z a -bd -psecret "$out/encrypted.7z" data/a.txt > /dev/null
7z a -bd -psecret -mhe=on "$out/encrypted-names.7z" data/a.txt > /dev/null
for method in Copy Deflate BZip2 LZMA PPMd; do
  7z a -bd -tzip -mm=$method -mcu=on -xr!link "$out/$method.zip" data > /dev/null
done
7z a -bd -tzip -mm=Deflate64 "$out/Deflate64.zip" data/numbers.csv > /dev/null
7z a -bd -tzip -psecret -mem=AES256 "$out/aes.zip" data/a.txt > /dev/null
7z a -bd -tzip -psecret -mem=ZipCrypto "$out/zipcrypto.zip" data/a.txt > /dev/null
zip -q -fz -r -y "$out/zip64.zip" data
for format in bin odc newc crc; do
  names | cpio --quiet --reproducible -o -H $format > "$out/$format.cpio"
done
gzip -9n < "$out/newc.cpio" > "$out/newc.cpio.gz"
zstd -q -19 < "$out/newc.cpio" > "$out/newc.cpio.zst"
for format in v7 ustar gnu pax; do
  names | grep -v "zähler" | tar -cf - --owner=0 --group=0 --format=$format --no-recursion -T - | xz -9 > "$out/$format.tar.xz"
done
tar -cf - --owner=0 --group=0 --format=gnu --sort=name data > all.tar
xz --format=lzma -9 < all.tar > "$out/gnu.tar.lzma"
bzip2 -9 < all.tar > "$out/gnu.tar.bz2"
zstd -q -19 < all.tar > "$out/gnu.tar.zst"
lz4 -q -9 < all.tar > "$out/gnu.tar.lz4"

# Two names of one file; its data comes with the last in newc and crc, with both in bin and odc.
mkdir linked
printf 'linked\n' > linked/a
ln linked/a linked/b
touch -d '2024-02-29T12:34:56Z' linked/a linked
for format in bin odc newc crc; do
  printf 'linked/a\nlinked/b\n' | cpio --quiet --reproducible -o -H $format > "$out/links-$format.cpio"
done

# A megabyte of holes with eight bytes at 300000 and at the end.
mkdir sparse
truncate -s 1000000 sparse/holes
printf '12345678' | dd of=sparse/holes bs=1 seek=300000 conv=notrunc status=none
printf '87654321' | dd of=sparse/holes bs=1 seek=999992 conv=notrunc status=none
touch -d '2024-02-29T12:34:56Z' sparse/holes
tar -S -cf - --owner=0 --group=0 --format=gnu sparse/holes | xz -9 > "$out/sparse-gnu.tar.xz"
for version in 0.0 0.1 1.0; do
  tar -S -cf - --owner=0 --group=0 --format=pax --sparse-version=$version sparse/holes | xz -9 > "$out/sparse-$version.tar.xz"
done
rm -r "$work"
