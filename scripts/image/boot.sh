#!/usr/bin/env bash
# Boots what scripts/image/rootfs.sh has built, in the hardware lab: real systemd, the root
# read-only on one disk, all that changes on another. Four times, on copies: the first start of a
# new machine; one that finds what was kept, and takes `venuebox-appliance` off; one with a root
# that is written to, which makes it read-only again; and one with that. Prints what was seen as
# KEY=VALUE, first_ to fourth_.
#
#   scripts/image/boot.sh OUT [STARTS]     STARTS: how many of the four
set -euo pipefail
cd "$(dirname "$0")/../.."
out=$(realpath -e "${1:?which? scripts/image/boot.sh OUT}")
starts=${2:-4}
cannot() { echo "lab: cannot run here: $*"; exit 3; }
[ "$(uname -m)" = x86_64 ] || cannot 'User Mode Linux runs on x86-64 only'
config=scripts/lab/kernel.config
kernel=$PWD/../shared/lab/linux-um
cached=${XDG_CACHE_HOME:-$HOME/.cache}/venuebox/lab-$(sha256sum $config | cut -c1-16)/linux-um
[ -x "$kernel" ] && cmp -s $config ../shared/lab/kernel.config || kernel=$cached
[ -x "$kernel" ] || cannot 'there is no lab kernel yet: run scripts/lab.sh once'

# What was built stays new.
trap 'rm -f "$out/run-system.ext4" "$out/run-data.ext4"' EXIT
for disk in system data; do cp --sparse=always "$out/$disk.ext4" "$out/run-$disk.ext4"; done
work=(first second third fourth)
declare -A then=([second]=off [third]=read-only)
for time in "${work[@]:0:$starts}"; do
  rm -rf "$out/seen-$time"
  mkdir "$out/seen-$time"
  TMPDIR=/dev/shm timeout -k 5 "${LAB_TIMEOUT_S:-600}" scripts/lab/on-one-core.sh "$kernel" mem=1200M \
    ubd0="$out/run-system.ext4" ubd1="$out/run-data.ext4" root=/dev/ubda ro \
    con=null con0=fd:0,fd:1 quiet softdog.soft_noboot=1 lab_out="$out/seen-$time" \
    lab_then="${then[$time]:-nothing}" </dev/null >"$out/seen-$time/console" 2>&1 || true
  if ! grep -qs '^lab=done$' "$out/seen-$time/seen"; then
    tail -30 "$out/seen-$time/console"
    echo "lab: the $time start did not come to its end"
    exit 1
  fi
  sed "s/^/${time}_/" "$out/seen-$time/seen"
done
