# SPDX-License-Identifier: Apache-2.0
# Shared by tools/run and tools/test: installs what a fresh Debian 12 lacks. Sourced, not run. Uses sudo only when not root.

BUILD_PACKAGES=(
  clang-19 lld-19 ccache cmake ninja-build pkg-config python3 git ca-certificates
  libboost1.81-dev libboost-json1.81-dev libboost-url1.81-dev libboost-system1.81-dev
  libsqlite3-dev libzstd-dev libgmime-3.0-dev libgumbo-dev libcmark-dev libsodium-dev libssl-dev
  libcurl4-openssl-dev libyaml-cpp-dev libre2-dev libical-dev libhowardhinnant-date-dev
  libspdlog-dev libfmt-dev prometheus-cpp-dev libcli11-dev libcld2-dev catch2 tzdata
  libphonenumber8 libprotobuf-dev libabsl-dev
)
RUN_PACKAGES=(python3-aiosmtpd python3-websockets swaks)
TEST_PACKAGES=(openssl python3-aiosmtpd python3-websockets python3-yaml python3-jsonschema libclang-rt-19-dev llvm-19 sqlite3 chromium fonts-dejavu-core)

say() { printf '\033[1m==> %s\033[0m\n' "$*" >&2; }
fail() { printf 'error: %s\n' "$*" >&2; exit 1; }

# Installs the packages of the arguments that are missing, in one go.
need_packages() {
  local missing=() package
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
  done
  if ! command -v node >/dev/null || ! command -v npm >/dev/null; then missing+=(nodejs npm); fi
  [ ${#missing[@]} -eq 0 ] && return 0
  command -v apt-get >/dev/null || fail "apt-get not found; install by hand: ${missing[*]}"
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || fail "not root and no sudo; as root: apt-get install ${missing[*]}"
    as_root=(sudo)
  fi
  say "installing ${#missing[@]} packages: ${missing[*]}"
  mkdir -p build
  {
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"
  } >build/.apt.log 2>&1 </dev/null || { tail -20 build/.apt.log >&2; fail "apt-get could not install: ${missing[*]}"; }
}

# The pages: npm packages by the lock file, then one bundle into web/dist.
build_web() {
  local stamp=web/node_modules/.deskwire-lock
  if [ ! -f "$stamp" ] || ! cmp -s web/package-lock.json "$stamp"; then
    say "installing the web page's packages"
    (cd web && npm ci --no-audit --no-fund --loglevel=error >&2) || fail "npm ci failed in web/"
    cp web/package-lock.json "$stamp"
  fi
  (cd web && node build.mjs >&2) || fail "the web page does not build"
}

# ccache must accept precompiled headers and share hits between clones.
prepare_ccache() {
  export CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_ctime,include_file_mtime
  export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1 CCACHE_PCH_EXTSUM=1
  export CCACHE_MAXSIZE=${CCACHE_MAXSIZE:-5G}
}

# libphonenumber-dev asks for another Boost than ours and cannot be installed beside it: only the headers are taken out of
# Debian's package, those of the library that is installed, once for all presets.
phonenumber_headers() {
  local into=build/deps/libphonenumber version work
  version=$(dpkg-query -W -f='${Version}' libphonenumber8 2>/dev/null) || fail "libphonenumber8 is not installed; tools/run installs it"
  [ "$(cat "$into/version" 2>/dev/null)" != "$version" ] || return 0
  say "fetching the headers of libphonenumber $version"
  mkdir -p build/deps
  work=$(mktemp -d "$PWD/build/deps/.phone.XXXXXX")
  {
    (cd "$work" && apt-get download "libphonenumber-dev=$version") || {
      if [ "$(id -u)" -eq 0 ]; then apt-get update -qq; else sudo apt-get update -qq; fi
      (cd "$work" && apt-get download "libphonenumber-dev=$version")
    }
    dpkg-deb -x "$work"/libphonenumber-dev_*.deb "$work/all"
    rm -rf "$into" && mkdir "$into" && mv "$work/all/usr/include" "$into/" && echo "$version" >"$into/version"
  } >build/.phone.log 2>&1 </dev/null || { tail -20 build/.phone.log >&2; fail "no headers of libphonenumber $version"; }
  rm -rf "$work"
}

# build PRESET TARGET…
build() {
  local preset=$1
  shift
  phonenumber_headers
  say "building $preset: $*"
  cmake --preset "$preset" >"build/.$preset.log" 2>&1 || { tail -40 "build/.$preset.log" >&2; fail "cmake --preset $preset"; }
  cmake --build "build/$preset" --target "$@" >&2 || fail "the $preset build failed"
}
