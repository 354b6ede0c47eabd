#!/usr/bin/env bash
# Brings a machine to where the box runs: Debian packages, npm packages, build.
# Sourced by run.sh and test.sh; does only what is not done yet.
#   setup_box            what the box needs
#   setup_packages P...  further Debian packages
#   setup_package_unstarted P UNIT  one whose service is not to run

step() { printf '\033[1m==>\033[0m %s\n' "$*" >&2; }
die() { printf 'venuebox: %s\n' "$*" >&2; exit 1; }

BOX_PACKAGES=(
  gstreamer1.0-tools gstreamer1.0-plugins-base gstreamer1.0-plugins-good
  gstreamer1.0-plugins-bad gstreamer1.0-plugins-ugly gstreamer1.0-libav gstreamer1.0-alsa
  libgstreamer1.0-dev libgstreamer-plugins-base1.0-dev
  fonts-dejavu-core fonts-unifont pkg-config g++ make python3 iproute2
)

setup_packages() {
  local missing=() package
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  command -v apt-get >/dev/null || die "this needs Debian 12 or 13, or Raspberry Pi OS; missing: ${missing[*]}"
  local sudo=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || die "as root, run: apt-get install ${missing[*]}"
    sudo=(sudo)
  fi
  step "installing Debian packages: ${missing[*]}"
  "${sudo[@]}" apt-get update -qq >&2 || die 'apt-get update failed; is there a network?'
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2 || die 'apt-get install failed'
}

# It would take port 80 of a developer's machine; tests start their own.
setup_package_unstarted() {
  dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q 'ok installed' && return
  (
    local sudo=() policy=/usr/sbin/policy-rc.d
    [ "$(id -u)" -eq 0 ] || sudo=(sudo)
    if [ ! -e "$policy" ]; then
      # invoke-rc.d and deb-systemd-invoke ask it; 101 forbids.
      trap '"${sudo[@]}" rm -f "$policy"' EXIT
      printf '#!/bin/sh\nexit 101\n' | "${sudo[@]}" tee "$policy" >/dev/null
      "${sudo[@]}" chmod 755 "$policy"
    fi
    setup_packages "$1"
    if [ -d /run/systemd/system ]; then "${sudo[@]}" systemctl disable -q "$2" >&2 || true; fi
  )
}

setup_box() {
  command -v node >/dev/null || die 'Node.js 20 or later is missing: https://nodejs.org, or apt-get install nodejs'
  node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 20 ? 0 : 1)' ||
    die "Node.js $(node --version) is too old; 20 or later is needed"
  setup_packages "${BOX_PACKAGES[@]}"

  local lock stamp=node_modules/.venuebox-installed
  lock="$(sha256sum package-lock.json | cut -d' ' -f1) $(node --version)"
  if [ "$(cat "$stamp" 2>/dev/null)" != "$lock" ]; then
    step 'installing npm packages (the first time also builds the GStreamer binding)'
    npm ci --no-fund --no-audit --loglevel=error >&2 || die 'npm ci failed'
    printf '%s' "$lock" >"$stamp"
  fi
  if [ ! -e dist/.built ] ||
    [ -n "$(find daemon hal pipelines scripts/build.mjs scripts/bundling.mjs package.json package-lock.json -newer dist/.built -type f -print -quit)" ]; then
    step 'building'
    node scripts/build.mjs >&2 || die 'the build failed'
    touch dist/.built
  fi
}
