#!/usr/bin/env bash
# Holds the recipe against rpi-image-gen's own rules: the layer's metadata, the config, and all
# layers and variables of the two resolved together, as its build does first. Builds nothing.
#
#   scripts/image/lint.sh FOLDER     a checkout of github.com/raspberrypi/rpi-image-gen
#
# Needs python3-yaml and python3-debian (2 s).
set -euo pipefail
cd "$(dirname "$0")"
here=$PWD
top=$(realpath -e "${1:?name the folder of a checkout of rpi-image-gen}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
ig() { /usr/bin/python3 "$top/bin/ig" "$@"; }

for layer in layer/*.yaml; do
  echo "$layer: $(ig metadata --lint "$layer")"
done

# A package in its place: what is in it is not looked at.
mkdir -p "$work/src/packages" "$work/dynamic/layer"
echo package >"$work/src/packages/venuebox.deb"
ig metadata --emit "$top/registry.defs" >"$work/registry.env"
ig config --path "$top/config" config/venuebox.yaml --write-to "$work/config.env" >/dev/null
{
  cat "$work/registry.env" "$work/config.env"
  cat <<END
DEB_BUILD_ARCH="arm64"
DEB_BUILD_GNU_TYPE="aarch64-linux-gnu"
DEB_HOST_ARCH="arm64"
DEB_HOST_GNU_TYPE="aarch64-linux-gnu"
TOOLCHAIN_MODE="native"
IGTOP="$top"
IGROOT="$top"
LAYER_HOOKS="$top/layer-hooks"
RPI_TEMPLATES="$top/templates/rpi"
DYNROOT="$work/dynamic"
SRCROOT="$work/src"
END
} >"$work/all.env"
# The three that the config names, and what rpi-image-gen adds to each build.
env -i PATH="$PATH" PYTHONPATH="${PYTHONPATH:-}" /usr/bin/python3 "$top/bin/ig" pipeline \
  --env-in "$work/all.env" --layers essential rpi5 image-rota venuebox \
  --path "DYNlayer=$work/dynamic/layer:src=$here/layer:layer=$top/layer:device=$top/device:image=$top/image" \
  --env-out "$work/out.env" --plan-out "$work/plan" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
echo "config/venuebox.yaml: OK, $(grep -vc '^#' "$work/plan") layers"
grep -q "^venuebox:" "$work/plan" || { echo 'the layer is not among them'; exit 1; }
