#!/usr/bin/env bash
# A new box and a phone, on what scripts/image/rootfs.sh has built: boots it in the lab with Wi-Fi
# cards of the kernel's own, a venue's Wi-Fi and a phone, and a real Chromium as that phone's
# browser. The set-up by the portal alone, from the hotspot to the player (phone.ts); screenshots
# of all steps lie in OUT/seen-phone.
#
#   scripts/image/phone.sh OUT
#
# The kernel: scripts/lab/kernel-with.sh wifi. The browser runs here, in a namespace whose only
# network is a tap of the kernel; the lab's phone passes on what it sends.
set -euo pipefail
cd "$(dirname "$0")/../.."
. scripts/setup.sh
out=$(realpath -e "${1:?which? scripts/image/phone.sh OUT}")
[ "$(uname -m)" = x86_64 ] || die 'User Mode Linux runs on x86-64 only'
[ "$(id -u)" -eq 0 ] || die 'this must run as root: it makes a namespace'
PATH=$PATH:/usr/sbin:/sbin
hash=$(cat scripts/lab/kernel.config scripts/lab/wifi.config | sha256sum | cut -c1-16)
kernel=${XDG_CACHE_HOME:-$HOME/.cache}/venuebox/lab-$hash/linux-um
[ -x "$kernel" ] || die 'there is no such kernel yet: scripts/lab/kernel-with.sh wifi'

seen=$out/seen-phone
place=vbphone$$
lab=''
end() {
  if [ "$lab" ]; then
    kill "$lab" 2>/dev/null || true
    (sleep 10 && kill -9 "$lab" 2>/dev/null) &
    wait "$lab" 2>/dev/null || true
  fi
  ip netns del "$place" 2>/dev/null || true
  rm -rf "/etc/netns/$place" "$out/run-system.ext4" "$out/run-data.ext4"
}
trap end EXIT
rm -rf "$seen"
mkdir "$seen"
for disk in system data; do cp --sparse=always "$out/$disk.ext4" "$out/run-$disk.ext4"; done
# A box that nobody has set up has no keys in its file.
debugfs -w -R 'rm /etc/venuebox/venuebox.yaml' "$out/run-system.ext4" 2>/dev/null
debugfs -w -R 'write systemd/venuebox.yaml /etc/venuebox/venuebox.yaml' "$out/run-system.ext4" >/dev/null 2>&1

ip netns add "$place"
mkdir -p "/etc/netns/$place"
echo 'nameserver 172.31.7.2' >"/etc/netns/$place/resolv.conf"
ip -n "$place" link set lo up
ip -n "$place" tuntap add dev tap0 mode tap
ip -n "$place" addr add 172.31.7.1/24 dev tap0
ip -n "$place" link set tap0 up
ip -n "$place" route add default via 172.31.7.2

TMPDIR=/dev/shm ip netns exec "$place" scripts/lab/on-one-core.sh "$kernel" mem=1500M \
  ubd0="$out/run-system.ext4" ubd1="$out/run-data.ext4" root=/dev/ubda ro \
  con=null con0=fd:0,fd:1 quiet softdog.soft_noboot=1 mac80211_hwsim.radios=6 \
  vec0:transport=tap,ifname=tap0,depth=64,gro=0 lab_shell="$seen" \
  </dev/null >"$seen/console" 2>&1 &
lab=$!
timeout -k 5 "${LAB_TIMEOUT_S:-1500}" ip netns exec "$place" \
  node --import tsx scripts/image/phone.ts "$seen"
