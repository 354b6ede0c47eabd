#!/bin/bash
# PID 1 of a machine whose power is cut while it is updated: one ext4 disk with the state
# folder, a way out by hostfs, and the launcher, which is started again whenever it ends, as
# systemd does. The root is the host's, read-only.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
mount -t proc proc /proc
for word in $(cat /proc/cmdline); do
  case $word in
    cut_work=*) work=${word#*=} ;;
  esac
done
mount -t tmpfs mnt /mnt
mkdir /mnt/a /mnt/out
mount -t devtmpfs dev /dev
# Debian 13's mount hands each option over by its name.
mount -t hostfs -o "$work/out" none /mnt/out || mount -t hostfs -o "hostfs=$work/out" none /mnt/out
ip link set lo up
mount -t ext4 /dev/ubda /mnt/a || echo 'failed the disk cannot be mounted' >> /mnt/out/said
mkdir -p /mnt/a/state
export STATE_DIRECTORY=/mnt/a/state CUT_WORK=$work CUT_OUT=/mnt/out
while :; do
  "$work/installed/bin/venuebox" run --config "$work/venuebox.yaml" >> /mnt/out/log 2>&1
done
