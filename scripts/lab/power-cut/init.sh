#!/bin/bash
# PID 1 of a machine whose power will be cut: two disks, a way out by hostfs,
# and the recorder. The root is the host's, read-only.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
mount -t proc proc /proc
for word in $(cat /proc/cmdline); do
  case $word in
    cut_work=*) work=${word#*=} ;;
    cut_node=*) node=${word#*=} ;;
    cut_format=*) format=${word#*=} ;;
    cut_pulled=*) pulled=${word#*=} ;;
  esac
done
mount -t tmpfs mnt /mnt
mkdir /mnt/a /mnt/b /mnt/out /mnt/run
mount -t devtmpfs dev /dev
# Debian 13's mount hands each option over by its name.
mount -t hostfs -o "$work/out" none /mnt/out || mount -t hostfs -o "hostfs=$work/out" none /mnt/out
ip link set lo up
for disk in ubda:a ubdb:b; do
  mount -t "$format" "/dev/${disk%:*}" "/mnt/${disk#*:}" || echo "cannot mount ${disk%:*}" > /mnt/out/failed
  # What a laptop finds on a stick that was pulled out: copied before anything is repaired.
  if [ "$pulled" = yes ] && [ -d "/mnt/${disk#*:}/rec" ]; then
    cp -r "/mnt/${disk#*:}/rec" "/mnt/out/raw-${disk#*:}"
    rm -rf "/mnt/${disk#*:}/rec"
  fi
done
RUNTIME_DIRECTORY=/mnt/run "$node" "$work/guest.js" "$work" 2> /mnt/out/stderr || echo "guest ended with $?" > /mnt/out/failed
sync
exec busybox poweroff -f
