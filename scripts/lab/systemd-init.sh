#!/bin/bash
# PID 1 of the lab until it becomes systemd: mounts, then lays down a target with
# the unit that tries the box's.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
mount -t proc proc /proc
for word in $(cat /proc/cmdline); do
  case $word in
    lab_repo=*) repo=${word#*=} ;;
    lab_work=*) work=${word#*=} ;;
    lab_node=*) node=${word#*=} ;;
    lab_try=*) try=${word#*=} ;;
  esac
done
mount -t tmpfs -o size=60% overlay /mnt
mkdir /mnt/upper /mnt/scratch /mnt/root
root=/mnt/root
mount -t overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/scratch overlay $root || busybox poweroff -f
mount -t proc proc $root/proc
mount -t sysfs sys $root/sys
mount -t configfs config $root/sys/kernel/config
mount -t devtmpfs dev $root/dev
mount -t tmpfs -o mode=755 run $root/run
mkdir -p $root/out
rm -rf $root/opt/venuebox
# Debian 13's mount hands each option over by its name.
mount -t hostfs -o "$work" none $root/out || mount -t hostfs -o "hostfs=$work" none $root/out

# Nothing but what is asked for: units that would bring a whole Debian up do not.
units=$root/etc/systemd/system
rm -rf $units/*.wants
alone() {
  mkdir -p "$units/$1.d"
  printf '[Unit]\nDefaultDependencies=no\nConflicts=shutdown.target\nBefore=shutdown.target\n%s\n' "${2:-}" > "$units/$1.d/lab.conf"
}
for unit in dbus.socket dbus.service polkit.service systemd-logind.service systemd-timedated.service systemd-udevd.service \
  systemd-udevd-kernel.socket systemd-udevd-control.socket venuebox-network.socket venuebox-network.service; do
  alone $unit
done
alone venuebox.service '[Service]
StandardOutput=append:/out/service.log
StandardError=append:/out/service.log
ExecStopPost=+/bin/sh -c "echo ended=$SERVICE_RESULT >> /out/seen"'
cat > $units/lab-try.service <<END
[Unit]
DefaultDependencies=no
[Service]
Type=oneshot
WorkingDirectory=$repo
Environment=HOME=/root PATH=$(dirname "$node"):$PATH LAB_NODE=$node
ExecStart=/bin/bash scripts/lab/$try
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
