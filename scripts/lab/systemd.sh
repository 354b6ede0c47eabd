#!/bin/bash
# Boots User Mode Linux with systemd as PID 1 over a throw-away copy of this
# machine's root, installs the box there with scripts/install.sh, and does to the
# service what happens to services: a start, a drop by its button, hangs, an end, a
# wrong config, and at last the end of the machine by its button and logind. Prints
# what was seen as KEY=VALUE lines. Exits 3 when it cannot run here (the reason is
# printed).
#
#   scripts/lab/systemd.sh                 of this checkout
#   scripts/lab/systemd.sh --package DEB   a Debian package instead: installed by dpkg, upgraded,
#                                          removed, purged
set -euo pipefail
deb=''
if [ "${1:-}" = --package ]; then deb=$(realpath -e "${2:?--package needs a .deb}"); fi
cd "$(dirname "$0")/../.."
repo=$PWD
cannot() {
  echo "lab: cannot run here: $*"
  exit 3
}
[ "$(uname -m)" = x86_64 ] || cannot "User Mode Linux runs on x86-64 only, this is $(uname -m)"
[ "$(id -u)" = 0 ] || cannot "it needs root, to read all of this machine's root folder"
for program in /lib/systemd/systemd /lib/systemd/systemd-logind /lib/systemd/systemd-udevd /usr/lib/polkit-1/polkitd; do
  [ -x $program ] || cannot "$program is missing"
done
for tool in ip busybox dbus-daemon pgrep; do
  command -v $tool > /dev/null || cannot "$tool is missing"
done
config=scripts/lab/kernel.config
cached=${XDG_CACHE_HOME:-$HOME/.cache}/venuebox/lab-$(sha256sum $config | cut -c1-16)/linux-um
kernel=../shared/lab/linux-um
[ -x $kernel ] && cmp -s $config ../shared/lab/kernel.config || kernel=$cached
[ -x "$kernel" ] || cannot "there is no lab kernel yet: run scripts/lab.sh once"

memory_mb=1200
free_kb=$(df --output=avail /dev/shm | tail -1)
[ "$free_kb" -gt $((memory_mb * 1024)) ] || cannot "/dev/shm has no $memory_mb MB free"
work=$(mktemp -d /tmp/venuebox-systemd.XXXXXX)
trap 'rm -rf "$work"' EXIT
if [ "$deb" ]; then
  try=package-guest.sh
  cp "$deb" "$work/venuebox.deb"
else
  try=systemd-guest.sh
  [ -e dist/.built ] || { node scripts/build.mjs && touch dist/.built; }
  node scripts/lab/bundle-box.mjs "$work/box" scripts/lab/sandbox-probe.ts
  # What GStreamer knows of its plugins: here it looks at them in a second, in that kernel in many.
  GST_REGISTRY=$work/gstreamer.bin gst-inspect-1.0 fakesink > /dev/null
fi
TMPDIR=/dev/shm timeout -k 5 "${LAB_TIMEOUT_S:-600}" scripts/lab/on-one-core.sh "$kernel" mem=${memory_mb}M \
  root=/dev/root rootfstype=hostfs rootflags=/ ro init="$repo/scripts/lab/systemd-init.sh" \
  con=null con0=fd:0,fd:1 quiet softdog.soft_noboot=1 lab_repo="$repo" lab_work="$work" \
  lab_node="$(readlink -f "$(command -v node)")" lab_try=$try < /dev/null > "$work/console" 2>&1 || true
if grep -q 'Power down' "$work/console"; then echo went_off=yes >> "$work/seen"; fi
if ! grep -qs '^lab=done$' "$work/seen"; then
  grep -v 'Job .* running' "$work/console" | tail -20
  tail -20 "$work/try.log" "$work/service.log" "$work/seen" 2> /dev/null || true
  echo 'lab: it ended before its time'
  exit 1
fi
cat "$work/seen"
# The logs, to explain a failed check.
{ cat "$work/try.log"; cut -c1-300 "$work/service.log" | tail -n 80; } >&2
