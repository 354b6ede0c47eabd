#!/bin/bash
# Builds a kernel of the lab with more in it, once for each kernel.config and NAME.config: ten
# minutes on two cores. Prints where it lies.
#
#   scripts/lab/kernel-with.sh fat    disks with vfat and exFAT (npm run bench:pulled)
#   scripts/lab/kernel-with.sh wifi   Wi-Fi cards and cake (scripts/lab.sh slow/wifi)
set -euo pipefail
cd "$(dirname "$0")/../.."
both=$(mktemp)
trap 'rm -f "$both"' EXIT
cat scripts/lab/kernel.config "scripts/lab/${1:?which? fat or wifi}.config" > "$both"
hash=$(sha256sum "$both" | cut -c1-16)
kernel=${XDG_CACHE_HOME:-$HOME/.cache}/venuebox/lab-$hash
[ -x "$kernel/linux-um" ] || scripts/lab/build-kernel.sh "$both" "$kernel" >&2
echo "$kernel/linux-um"
