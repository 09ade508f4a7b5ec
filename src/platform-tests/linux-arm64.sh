#!/bin/sh
# Tests the natives of linux-arm64 in a Java for arm64 under qemu-aarch64:
#
#   linux-arm64.sh [--bounded]
#
# Checks what the library needs, compares its kernels' bits with those of linux-x86_64, asks the doctor, and runs the tests of
# the kernels, the transformations and the archives; with --bounded the doctor and the tests of the kernels' core alone. Takes
# qemu and Java from Debian's packages and installs nothing.
set -eu
. "$(dirname "$0")/common.sh"

unpack_packages "$tools/qemu" "$(dpkg --print-architecture)" "" qemu-user-static
unpack_packages "$tools/linux-arm64" arm64 "" openjdk-17-jre-headless libc6 libgcc-s1 libstdc++6 zlib1g
emulate() { "$tools/qemu/usr/bin/qemu-aarch64-static" -L "$tools/linux-arm64" "$@"; }
java() { emulate "$tools/linux-arm64/usr/lib/jvm/java-17-openjdk-arm64/bin/java" -XX:+UseSerialGC -Xmx2g "$@"; }

library=$(library_of linux-arm64 libjnibatchmill.so)
check_floor "$library"
expected_kernels
"$zig/bin/linux-arm64-cc" -o "$tools/kernels-linux-arm64" "$here/kernels.c" -ldl
emulate "$tools/kernels-linux-arm64" "$library" > "$tools/kernels.out"
compare_kernels "$tools/kernels.out" "NEON"

say "asks the doctor"
java -cp "$main_jar:$(natives_jar linux-arm64):$(cat "$root/target/launcher.classpath")" dev.batchmill.internal.cli.Main \
  doctor --kernels cpu > "$tools/doctor.out" || { cat "$tools/doctor.out"; fail "the doctor finds a fault"; }
grep -E '^(platform|system|natives|instruction set|in use)' "$tools/doctor.out"

tests=internal.kernel.CpuKernelsTest
lapack=
if [ "${1:-}" != --bounded ]; then
  tests="$tests internal.kernel.CpuOneHotKernelsTest internal.kernel.CpuRandomKernelsTest internal.kernel.CpuScalerKernelsTest
    transform.NormalizerGoldenTest transform.ScalerGoldenTest transform.OneHotTest internal.archive.ArchiveExtractorTest"
  # For the norms that need singular values.
  for artifact in openblas javacpp; do
    version=$(tr : '\n' < "$root/target/launcher.classpath" | sed -n "s#.*/$artifact-\([0-9.-]*\)\.jar\$#\1#p")
    mvn -q -B -ntp -f "$root/pom.xml" dependency:copy -Dartifact="org.bytedeco:$artifact:$version:jar:linux-arm64" \
      -DoutputDirectory="$tools/lapack"
    lapack=$lapack:$tools/lapack/$artifact-$version-linux-arm64.jar
  done
fi
set --
for test in $tests; do set -- "$@" -c "dev.batchmill.$test"; done
say "runs" $tests
cd "$root"
# Without the tests that start Java again: nothing tells the kernel to run that under qemu.
java -jar "$root/target/junit-console.jar" execute --disable-banner --details=summary \
  --exclude-methodname='.*(extractsInTheLocaleOfABareContainer|extractsWithoutTheNativeLibrary).*' \
  -cp "$root/target/test-classes:$main_jar:$(natives_jar linux-arm64):$(cat "$root/target/test.classpath")$lapack" "$@"
