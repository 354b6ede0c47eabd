#!/usr/bin/env bash
# Builds what the recipe puts onto a card, for this machine's architecture and without
# rpi-image-gen: Debian 13 with the layer's packages and the box's Debian package, the root made
# read-only by venuebox-appliance. For scripts/image/boot.sh; ten minutes, and 3 GB of disk.
#
#   sudo scripts/image/rootfs.sh OUT     leaves OUT/system.ext4 and OUT/data.ext4
#
# MIRROR=http://deb.debian.org/debian   from where; needs debootstrap and e2fsprogs
set -euo pipefail
cd "$(dirname "$0")/../.."
. scripts/setup.sh
out=$(realpath -m "${1:?where to? scripts/image/rootfs.sh OUT}")
mirror=${MIRROR:-http://deb.debian.org/debian}
[ "$(id -u)" -eq 0 ] || die 'this must run as root: it makes devices and owners'
setup_packages debootstrap e2fsprogs
PATH=$PATH:/usr/sbin:/sbin

deb=$(ls -t dist/package/venuebox_*_"$(dpkg --print-architecture)".deb 2>/dev/null | head -1)
[ -n "$deb" ] || die 'there is no package yet: scripts/package.sh'
# Not the program of the Raspberry Pi's own archive: Debian has none.
packages=$(node -e "
  const { parse } = require('yaml');
  const text = require('fs').readFileSync('scripts/image/layer/venuebox.yaml', 'utf8');
  console.log(parse(text.split(/^---\$/m)[1]).mmdebstrap.packages.filter((name) => name !== 'rpicam-apps').join(' '));
")
# Of the layers that it requires.
base='systemd systemd-sysv systemd-timesyncd udev kmod network-manager ca-certificates'
# For what the lab puts around it: phones, and the Wi-Fi of a venue.
lab='iw udhcpc'

mkdir -p "$out"
root=$out/root
rm -rf "$root"
trap 'rm -rf "$root"' EXIT
step 'Debian'
debootstrap --variant=minbase trixie "$root" "$mirror" >"$out/log" || die "debootstrap failed: $(tail -3 "$out/log")"
# Nothing is started in a folder; apt finds the same mirror.
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
chmod 755 "$root/usr/sbin/policy-rc.d"
step 'its packages, and the box'
cp "$deb" "$root/tmp/venuebox.deb"
# shellcheck disable=SC2086
chroot "$root" env DEBIAN_FRONTEND=noninteractive PATH="$PATH" apt-get install -y -q --no-install-recommends \
  $base $packages $lab /tmp/venuebox.deb >>"$out/log" 2>&1 || die "apt-get failed: $(tail -5 "$out/log")"
rm "$root/tmp/venuebox.deb" "$root/usr/sbin/policy-rc.d"
chroot "$root" apt-get clean
rm -rf "$root"/var/lib/apt/lists/*

step 'for a machine that nobody looks after'
echo '/dev/ubda / ext4 defaults 0 0' >"$root/etc/fstab"
"$root/usr/lib/venuebox/bin/venuebox-appliance" read-only /dev/ubdb --root "$root"
# A camera that the lab can encode.
cat >"$root/etc/venuebox/venuebox.yaml" <<END
camera: {width: 160, height: 90, fps: 5}
encoder: {speed: ultrafast}
renditions: [{name: low, width: 160, height: 90, bitrate_bps: 100000}]
END
# Each runs where the lab's kernel is started with its option.
lab_unit() {
  install -m 755 "scripts/image/$1.sh" "$root/usr/local/sbin/lab-$1"
  cat >"$root/etc/systemd/system/lab-$1.service" <<END
[Unit]
ConditionKernelCommandLine=$2
[Service]
Type=$3
ExecStart=/usr/local/sbin/lab-$1
[Install]
WantedBy=basic.target
END
  systemctl --root="$root" enable --quiet "lab-$1.service"
}
lab_unit probe lab_out oneshot
lab_unit shell lab_shell exec
echo venuebox >"$root/etc/hostname"

step 'disks'
# The lab's kernel has no crc32c.
make_disk() {
  rm -f "$1"
  truncate -s "$2" "$1"
  mkfs.ext4 -q -O '^metadata_csum' -d "$3" "$1"
}
make_disk "$out/data.ext4" 2G "$root/data"
rm -rf "$root/data"
mkdir "$root/data"
used_mb=$(du -sm "$root" | cut -f1)
make_disk "$out/system.ext4" "$((used_mb * 5 / 4 + 100))M" "$root"
echo "$out: $used_mb MB of files in the read-only system"
