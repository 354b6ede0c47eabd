#!/bin/bash
# PID 1 of the lab. The host's root is mounted read-only by hostfs; everything
# written goes to memory. PID 1 itself stays outside the overlay, since udevadm
# refuses to work when it finds itself in a chroot that PID 1 is not in: so PID 1
# mounts, and then becomes the guest script by exec of chroot.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
mount -t proc proc /proc
for word in $(cat /proc/cmdline); do
  case $word in
    lab_repo=*) repo=${word#*=} ;;
    lab_work=*) work=${word#*=} ;;
    lab_node=*) node=${word#*=} ;;
    lab_timeout_s=*) timeout_s=${word#*=} ;;
  esac
done
mount -t tmpfs -o size=60% overlay /mnt
mkdir /mnt/upper /mnt/scratch /mnt/root
root=/mnt/root
mount -t overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/scratch overlay $root || {
  echo "lab: overlay failed"
  busybox poweroff -f
}
mkdir -p $root/out $root/lib/modules
# Debian 13's mount hands each option over by its name.
mount -t hostfs -o "$work/out" none $root/out || mount -t hostfs -o "hostfs=$work/out" none $root/out
mount -t proc proc $root/proc
mount -t sysfs sys $root/sys
mount -t devtmpfs dev $root/dev
mount -t tmpfs run $root/run
mkdir -p $root/dev/pts $root/dev/shm
mount -t devpts devpts $root/dev/pts
mount -t tmpfs shm $root/dev/shm
# /tmp stays the overlay's: the repository itself may lie below it.
mount -t configfs config $root/sys/kernel/config
mount --bind "$work/modules/lib/modules" $root/lib/modules
exec env -i PATH="$node:$PATH" HOME=/root TERM=dumb NO_COLOR=1 \
  chroot $root /bin/bash "$repo/scripts/lab/guest.sh" "$repo" "$timeout_s"
