# Sourced by scripts of sh that take packages from the machine's own package archive as an ordinary user, without a change to
# apt's lists or to what is installed. `fail TEXT` is the caller's.

# Has apt work in a folder of its own from here on, and brings its lists up to date: every entry of the machine's stands there,
# keys included, as one of KIND (deb or deb-src), for ARCHITECTURE, of the release SUITE when named. apt checks the signatures.
private_apt() { # DIRECTORY KIND ARCHITECTURE [SUITE]
  rm -rf "$1"
  mkdir -p "$1/sources" "$1/lists/partial" "$1/archives/partial" "$1/download"
  private_apt_own=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
  private_apt_count=0
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    [ -f "$file" ] || continue
    private_apt_count=$((private_apt_count + 1))
    sed -n "s/^[[:space:]]*deb[[:space:]]/$2 /p" "$file" > "$1/sources/$private_apt_count.list"
  done
  for file in /etc/apt/sources.list.d/*.sources; do
    [ -f "$file" ] || continue
    private_apt_count=$((private_apt_count + 1))
    sed "s/^[Tt]ypes:.*/Types: $2/" "$file" > "$1/sources/$private_apt_count.sources"
  done
  [ "$private_apt_count" -gt 0 ] || fail "no package sources: /etc/apt/sources.list and /etc/apt/sources.list.d hold none"
  if [ -n "${4:-}" ]; then
    sed -i "s/\b$private_apt_own/$4/g" "$1"/sources/*
  fi
  cat > "$1/apt.conf" << END
Dir::Etc::sourcelist "/dev/null";
Dir::Etc::sourceparts "$1/sources";
Dir::State::lists "$1/lists";
Dir::State::status "/dev/null";
Dir::Cache::archives "$1/archives";
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
APT::Architecture "$3";
APT::Architectures { "$3"; };
APT::Sandbox::User "$(id -un)";
Acquire::Languages "none";
Acquire::Retries "3";
END
  APT_CONFIG=$1/apt.conf
  export APT_CONFIG
  # A source without such an index makes this fail although the others are there: the download is what decides.
  apt-get -qq update > "$1/update.log" 2>&1 || true
}

# Downloads binary packages and unpacks them, without their scripts, into a folder; nothing when it has them already.
unpack_packages() { # INTO ARCHITECTURE SUITE PACKAGE...; an empty SUITE is the machine's own
  into=$1
  arch=$2
  suite=$3
  shift 3
  [ "$(cat "$into.packages" 2> /dev/null)" = "$*" ] && return
  for tool in apt-get dpkg; do
    command -v "$tool" > /dev/null || fail "no $tool: this needs Debian or Ubuntu"
  done
  rm -rf "$into" "$into.packages"
  mkdir -p "$into"
  into=$(cd "$into" && pwd)
  (
    private_apt "$into.apt" deb "$arch" "$suite"
    cd "$into.apt/download"
    apt-get -qq download "$@" > ../download.log 2>&1 || {
      cat ../update.log ../download.log >&2
      fail "cannot download the packages: architecture=$arch suite=${suite:-its own} packages='$*'"
    }
    for package in *.deb; do dpkg -x "$package" "$into"; done
    rm -rf "$into.apt"
  )
  echo "$*" > "$into.packages"
}
