#!/bin/bash
# Builds the lab's kernel from Debian's own source package: about ten minutes on
# two cores, once for each kernel.config.
#
# Usage: build-kernel.sh CONFIG FOLDER     leaves linux-um and i2c-stub.ko in FOLDER
set -euo pipefail
config=$(realpath "$1")
folder=$2
archive=/usr/src/linux-source-6.12.tar.xz

if [ ! -e $archive ] || ! command -v flex bison bc gcc make xz > /dev/null; then
  echo "lab: apt-get install --no-install-recommends linux-source-6.12 build-essential flex bison bc xz-utils"
  exit 1
fi
mkdir -p "$folder"
work=$(mktemp -d "$folder/build.XXXXXX")
trap 'rm -rf "$work"' EXIT
echo "lab: building the kernel in $work (about ten minutes)"
tar xf $archive -C "$work"
source=$work/linux-source-6.12
build=$work/out
mkdir "$build"
make -s -C "$source" ARCH=um O="$build" tinyconfig
(cd "$build" && "$source/scripts/kconfig/merge_config.sh" -m .config "$config" > merge.log)
make -s -C "$source" ARCH=um O="$build" olddefconfig
nice make -s -C "$source" ARCH=um O="$build" -j"$(nproc)" linux modules
strip -o "$work/linux-um" "$build/linux"
if [ -e "$build/drivers/i2c/i2c-stub.ko" ]; then cp "$build/drivers/i2c/i2c-stub.ko" "$folder/"; fi
# Last, since it is what says that the build is whole.
mv "$work/linux-um" "$folder/linux-um"
