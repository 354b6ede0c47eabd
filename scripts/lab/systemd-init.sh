#!/bin/bash
# PID 1 of the lab until it becomes systemd: mounts, then lays down a target with
# two units, the box's and the one that tries it.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
mount -t proc proc /proc
for word in $(cat /proc/cmdline); do
  case $word in
    lab_repo=*) repo=${word#*=} ;;
    lab_work=*) work=${word#*=} ;;
    lab_node=*) node=${word#*=} ;;
  esac
done
mount -t tmpfs -o size=60% overlay /mnt
mkdir /mnt/upper /mnt/scratch /mnt/root
root=/mnt/root
mount -t overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/scratch overlay $root || busybox poweroff -f
mount -t proc proc $root/proc
mount -t sysfs sys $root/sys
mount -t devtmpfs dev $root/dev
mount -t tmpfs -o mode=755 run $root/run
mkdir -p $root/out $root/opt/venuebox/app $root/opt/venuebox/bin
mount -t hostfs -o "$work" none $root/out
# The unit sees neither /tmp nor /home: the checkout is shown where programs lie.
mount --bind "$repo" $root/opt/venuebox/app
mount -o remount,bind,ro $root/opt/venuebox/app
ln -sf "$node" $root/opt/venuebox/bin/node

units=$root/etc/systemd/system
rm -rf $units/*.wants
mkdir -p $units/venuebox.service.d
cat > $units/venuebox.service.d/lab.conf <<END
[Unit]
DefaultDependencies=no
[Service]
ExecStart=
ExecStart=/opt/venuebox/bin/node --import tsx scripts/lab/systemd-service.ts
WorkingDirectory=/opt/venuebox/app
StandardOutput=append:/out/service.log
StandardError=append:/out/service.log
END
cat > $units/lab-try.service <<END
[Unit]
DefaultDependencies=no
[Service]
Type=oneshot
WorkingDirectory=/opt/venuebox/app
Environment=HOME=/root PATH=$(dirname "$node"):$PATH
ExecStart=/bin/bash scripts/lab/systemd-guest.sh
StandardOutput=append:/out/try.log
StandardError=append:/out/try.log
ExecStopPost=/bin/systemctl poweroff --force --force
END
cat > $units/lab.target <<END
[Unit]
DefaultDependencies=no
Wants=lab-try.service
END
exec env -i PATH="$PATH" TERM=dumb chroot $root /lib/systemd/systemd --unit=lab.target --show-status=0
