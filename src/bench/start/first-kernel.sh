#!/bin/sh
# Times the first call of a kernel in a fresh JVM, from main on: the libraries are extracted already (the first run, whose time is
# printed alone), and eleven runs follow.
#
#   first-kernel.sh [JAVA-HOME...]
#
# Wants target/ built and a machine that does nothing else.
set -eu
root=$(cd "$(dirname "$0")/../../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
[ $# -gt 0 ] || set -- "${JAVA_HOME:-$(dirname "$(dirname "$(readlink -f "$(command -v java)")")")}"

main_jar=$(ls "$root"/target/batchmill-*.jar | grep -E '/batchmill-[0-9.]+(-SNAPSHOT)?\.jar$')
javacpp=$(tr : '\n' < "$root/target/launcher.classpath" | grep -E '/javacpp-[0-9.]+\.jar$')
jspecify=$(tr : '\n' < "$root/target/launcher.classpath" | grep '/jspecify-')
class_path=$main_jar:${main_jar%.jar}-linux-x86_64.jar:$javacpp:$jspecify
for home in "$@"; do
  version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$home/release")
  flags=
  [ "$version" -lt 22 ] || flags=--enable-native-access=ALL-UNNAMED
  "$home/bin/javac" --release 17 -proc:none -cp "$class_path" -d "$work/classes" "$root/src/bench/start/FirstKernel.java"
  run() { "$home/bin/java" $flags -Dorg.bytedeco.javacpp.cachedir="$work/cache-$version" -cp "$work/classes:$class_path" FirstKernel; }
  echo "Java $version, cold: $(run)"
  for i in 1 2 3 4 5 6 7 8 9 10 11; do run; done > "$work/times"
  sort -n "$work/times" | awk -v version="$version" \
    '{t[NR] = $1} END {print "Java " version ", warm: median " t[6] " ms, least " t[1] ", most " t[11]}'
done
