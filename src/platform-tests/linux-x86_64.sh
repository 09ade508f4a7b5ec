#!/bin/sh
# Tests the natives of linux-x86_64, as zig built them, and the CUDA library: what they need, and that they load on Debian 11, whose
# glibc is 2.31. Needs root, for chroot; takes Debian 11's packages and installs nothing.
set -eu
. "$(dirname "$0")/common.sh"

check_floor "$(library_of linux-x86_64 libjnibatchmill.so)"
gpu=${main_jar%.jar}-linux-x86_64-gpu.jar
if [ -f "$gpu" ]; then
  check_floor "$(library_of linux-x86_64 libjnibatchmillcuda.so linux-x86_64-gpu)"
else
  say "there is no CUDA library to look at: the build had no nvcc"
fi

system=$tools/debian-11
unpack_packages "$system" amd64 bullseye openjdk-17-jre-headless libc6 libgcc-s1 libstdc++6 zlib1g
[ "$(id -u)" = 0 ] || fail "Debian 11 needs root, for chroot"
rm -rf "$system/batchmill"
mkdir -p "$system/batchmill" "$system/proc" "$system/tmp"
# Without the natives of JavaCPP, which need glibc 2.34.
for jar in "$main_jar" "$(natives_jar linux-x86_64)" "$gpu" $(tr : ' ' < "$root/target/launcher.classpath"); do
  case $jar in *javacpp-*-linux-x86_64.jar | *openblas*) continue ;; esac
  [ ! -f "$jar" ] || cp "$jar" "$system/batchmill/"
done
say "asks the doctor on Debian 11"
unshare --mount sh -euc "mount --rbind /proc '$system/proc'
  chroot '$system' /usr/lib/jvm/java-17-openjdk-amd64/bin/java -XX:+UseSerialGC -cp '/batchmill/*' dev.batchmill.internal.cli.Main \
    doctor --kernels cpu" > "$tools/doctor.out" || { cat "$tools/doctor.out"; fail "the doctor finds a fault on Debian 11"; }
grep -E '^(platform|system|natives|instruction set|CUDA|in use)' "$tools/doctor.out"
