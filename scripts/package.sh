#!/usr/bin/env bash
# Builds a Debian package of the box from this checkout, for the architecture of this
# machine: venuebox_VERSION_ARCH.deb, with Node.js and all npm packages inside. The same
# checkout gives the same bytes (all times are those of the last commit).
#
#   scripts/package.sh [--out DIR]       DIR: dist/package by default
#   scripts/package.sh --release KEY     also a release for `venuebox update`, signed with KEY
#
# Install it: sudo apt install ./venuebox_VERSION_ARCH.deb
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/setup.sh

out=dist/package key=''
while [ $# -gt 0 ]; do
  case $1 in
    --out) out=${2:?--out needs a folder} && shift ;;
    --release) key=$(readlink -e "${2:?--release needs a private key}") || die "no key $2; make one: node --import tsx scripts/release/main.ts key FILE"
      shift ;;
    -h | --help) sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "$0" && exit 0 ;;
    *) die "no option $1; see scripts/package.sh --help" ;;
  esac
  shift
done

setup_packages debhelper dpkg-dev fakeroot help2man
setup_box

version=$(node -p 'require("./package.json").version')
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH LC_ALL=C TZ=UTC
# dpkg-buildpackage writes beside its folder.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tree=$work/venuebox-$version
cp -a --no-preserve=ownership scripts/package/. "$tree"

# The program, as scripts/install.sh lays it down, without what only builds need.
lay_program() {
  local program=$tree/program
  mkdir -p "$program/bin" "$program/node_modules"
  cp -a --no-preserve=ownership node_modules/. "$program/node_modules/"
  cp -a --no-preserve=ownership dist package.json package-lock.json README.md LICENSE "$program/"
  rm -rf "$program/dist/package" "$program/dist/.built"
  (cd "$program" && npm prune --omit=dev --ignore-scripts --no-fund --no-audit --loglevel=error >&2) ||
    die 'npm prune failed'
  npm sbom --package-lock-only --sbom-format cyclonedx --omit dev |
    node scripts/package/fixed-sbom.mjs >"$work/sbom.json" || die 'npm sbom failed'
  rm -f "$program/package-lock.json" "$program/node_modules/.package-lock.json" \
    "$program/node_modules/.venuebox-installed"
  # What only checks types; of hls.js the page is given one file.
  rm -rf "$program"/node_modules/{typescript,.bin,@types}
  find "$program/node_modules/hls.js" -type f ! -name package.json ! -name LICENSE ! -name hls.min.js -delete
  find "$program/node_modules" \( -name '*.map' -o -name '*.ts' -o -name '*.c' -o -name '*.cc' -o -name '*.h' \
    -o -name '*.o' -o -name '*.d' -o -name '*.mk' -o -name '*.gypi' -o -name binding.gyp \
    -o -name '.[!.]*' -o -name Makefile \) -type f -delete
  # Tests, examples and documents of packages, at the top of each.
  find "$program/node_modules" -type d -regex '.*/node_modules/\(@[^/]*/\)?[^/@]*/\(test\|tests\|integration-test\|example\|examples\|docs\|bench\|benchmarks\)' \
    -prune -exec rm -rf {} +
  find "$program/node_modules" \( -name '*.cpp' -o -name '*.html' \) -type f -delete
  find "$program/node_modules" -type d \( -name obj.target -o -name .deps \) -prune -exec rm -rf {} +
  drop_foreign_addons "$program/node_modules"
  find "$program/node_modules" \( -path '*/build/Release/*.node' -o -path '*/@node-datachannel/*.node' \) \
    -exec strip --strip-unneeded {} +
  find "$program/node_modules" -depth -type d -empty -delete
  install -m 755 "$(readlink -f "$(command -v node)")" "$program/bin/node"
  sed 's#/opt/venuebox#/usr/lib/venuebox#g' systemd/venuebox.sh >"$program/bin/venuebox"
  cp systemd/venuebox.boot "$program/bin/venuebox-boot"
  cp systemd/appliance/venuebox-log systemd/appliance/venuebox-appliance "$program/bin/"
  chmod -R u=rwX,go=rX "$program"
  find "$program/node_modules" -type f -exec chmod 644 {} +
  chmod 755 "$program"/bin/venuebox*
  # Not when it was built: by the time of main.js a box knows a newer package (daemon/update/store.ts).
  find "$program" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
}

# Prebuilt addons of other machines and other C libraries, by the header of each file.
drop_foreign_addons() {
  local own file
  own=$(od -An -tx1 -j18 -N2 "$(readlink -f "$(command -v node)")")
  while IFS= read -r -d '' file; do
    if [ "$(od -An -c -N4 "$file" | tr -d ' ')" != '177ELF' ] ||
      [ "$(od -An -tx1 -j18 -N2 "$file")" != "$own" ] || [[ $file == *musl* ]]; then
      rm -f "$file"
    fi
  done < <(find "$1" -name '*.node' -print0)
}

# debhelper puts units and rules where this Debian looks for them.
lay_files() {
  local files=$tree/files kind
  for kind in service sysusers tmpfiles udev; do
    sed 's#/opt/venuebox#/usr/lib/venuebox#g' "systemd/venuebox.$kind" >"$tree/debian/venuebox.$kind"
  done
  for kind in service socket; do
    sed 's#/opt/venuebox#/usr/lib/venuebox#g' "systemd/venuebox-network.$kind" >"$tree/debian/venuebox.venuebox-network.$kind"
  done
  sed 's#/opt/venuebox#/usr/lib/venuebox#g' systemd/venuebox-relay.service >"$tree/debian/venuebox.venuebox-relay.service"
  install -D -m 644 systemd/venuebox.rules "$files/usr/share/polkit-1/rules.d/50-venuebox.rules"
  install -D -m 644 systemd/venuebox.dnsmasq "$files/etc/NetworkManager/dnsmasq-shared.d/venuebox.conf"
  mkdir -p "$files/usr/share/bash-completion/completions"
  node dist/daemon/main.js completion >"$files/usr/share/bash-completion/completions/venuebox"
  # /etc/venuebox/venuebox.yaml is made of it where there is none.
  install -D -m 644 -t "$files/usr/share/venuebox" systemd/venuebox.yaml systemd/venuebox.example.yaml
  install -D -m 644 systemd/appliance/watchdog.conf "$files/usr/lib/systemd/system.conf.d/50-venuebox.conf"
  # Laid down by venuebox-appliance, on a machine that becomes one.
  mkdir -p "$files/usr/share/venuebox/appliance"
  for kind in journald.conf log.conf venuebox-log.service venuebox-log-end.service venuebox-log.timer; do
    sed 's#/opt/venuebox#/usr/lib/venuebox#g' "systemd/appliance/$kind" >"$files/usr/share/venuebox/appliance/$kind"
  done
  install -D -m 644 "$work/sbom.json" "$files/usr/share/doc/venuebox/sbom.cdx.json"
  mkdir -p "$files/usr/lib/systemd/system-shutdown"
  sed 's#/opt/venuebox#/usr/lib/venuebox#g' systemd/venuebox.shutdown >"$files/usr/lib/systemd/system-shutdown/venuebox"
  chmod 755 "$files/usr/lib/systemd/system-shutdown/venuebox"
}

lay_manual() {
  local man=$tree/files/usr/share/man/man1
  mkdir -p "$man"
  printf '#!/bin/sh\nexec node %q "$@"\n' "$PWD/dist/daemon/main.js" >"$work/venuebox"
  chmod 755 "$work/venuebox"
  help2man --no-info --name 'camera and sound to phones over low-latency HLS' \
    "$work/venuebox" >"$man/venuebox.1" || die 'help2man failed'
}

lay_changelog() {
  cat >"$tree/debian/changelog" <<END
venuebox ($version) stable; urgency=medium

  * Built from commit $(git rev-parse --short=12 HEAD).

 -- venuebox <venuebox@localhost>  $(date -R -d "@$SOURCE_DATE_EPOCH")
END
}

step 'laying down the program'
lay_program
lay_files
lay_changelog
lay_manual
step 'building the package'
(cd "$tree" && dpkg-buildpackage --build=binary --unsigned-changes --unsigned-buildinfo \
  --no-check-builddeps >"$work/log" 2>&1) || die "dpkg-buildpackage failed: $(tail -20 "$work/log")"
mkdir -p "$out"
if [ "$key" ]; then
  step 'signing the release'
  node --import tsx scripts/release/main.ts pack "$tree/program" "$key" \
    "$out/venuebox-$version-$(node -p process.arch).release" || die 'no release'
fi
mv "$work"/venuebox_*.deb "$out/"
ls "$out"/venuebox_"$version"_*.deb
