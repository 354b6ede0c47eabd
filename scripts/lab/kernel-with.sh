#!/bin/bash
# Builds the kernel for disks with vfat and exFAT (npm run bench:pulled): ten minutes on two
# cores, once for each kernel.config and fat.config.
set -euo pipefail
cd "$(dirname "$0")/../.."
both=$(mktemp)
trap 'rm -f "$both"' EXIT
cat scripts/lab/kernel.config scripts/lab/fat.config > "$both"
hash=$(sha256sum "$both" | cut -c1-16)
kernel=${XDG_CACHE_HOME:-$HOME/.cache}/venuebox/lab-$hash
[ -x "$kernel/linux-um" ] || scripts/lab/build-kernel.sh "$both" "$kernel"
echo "$kernel/linux-um"
