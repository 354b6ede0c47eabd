#!/bin/bash
# What is tried on the service, inside the lab; each finding is a line of /out/seen.
seen() { echo "$1=$2" >> /out/seen; }
show() { systemctl show venuebox --property "$1" --value; }
now() { cut -d' ' -f1 /proc/uptime; }
since() { awk -v a="$1" -v b="$(now)" 'BEGIN { printf "%.1f", b - a }'; }
# Waits for a command to succeed, 60 s at most.
until_ok() {
  local i
  for ((i = 0; i < 600; i++)); do
    "$@" && return 0
    sleep 0.1
  done
  return 1
}
ip link set lo up

bash scripts/install.sh --no-app --no-start > /out/install.log 2>&1
seen install $?
bash scripts/install.sh --no-app --no-start >> /out/install.log 2>&1
seen install_again $?

start=$(now)
systemctl start venuebox
seen start $?
seen start_s "$(since "$start")"
seen state "$(show ActiveState)"
seen status "$(show StatusText)"
pid=$(show MainPID)
seen user "$(stat -c %U "/proc/$pid")"
seen groups "$(id -nG venuebox)"
seen capabilities "$(awk '/^CapEff/ { print $2 }' "/proc/$pid/status")"
seen no_new_privs "$(awk '/^NoNewPrivs/ { print $2 }' "/proc/$pid/status")"
seen seccomp "$(awk '/^Seccomp:/ { print $2 }' "/proc/$pid/status")"
cat /var/lib/venuebox/tried >> /out/seen

# A main process that hangs is killed by the watchdog and started again.
kill -STOP "$pid"
start=$(now)
another() { [ "$(show MainPID)" != "$pid" ] && [ "$(show MainPID)" != 0 ]; }
until_ok another
seen mended_s "$(since "$start")"
active() { [ "$(show ActiveState)" = active ]; }
until_ok active
seen ready_again_s "$(since "$start")"
seen restarts "$(show NRestarts)"
seen children_after_hang "$(pgrep -cu venuebox -f 'sleep 54321' || true)"

# A media path that stands still is a hang, too.
pid=$(show MainPID)
touch /run/venuebox/stand-still
start=$(now)
until_ok another
seen stand_still_s "$(since "$start")"
until_ok active

start=$(now)
systemctl stop venuebox
seen stop_s "$(since "$start")"
seen stop_result "$(show Result)"
seen orphans "$(pgrep -cu venuebox || true)"

# A config that only a person can mend is not tried again and again.
touch /var/lib/venuebox/wrong-config
systemctl start venuebox
sleep 1
seen wrong_config "$(show ActiveState) $(show ExecMainStatus)"
rm /var/lib/venuebox/wrong-config

# The checkout must not lie in what is taken away.
mkdir /tmp/checkout
cp -r scripts systemd /tmp/checkout
cd /tmp/checkout && umount -l /opt/venuebox/app || exit 1
bash scripts/install.sh --uninstall --purge > /out/uninstall.log 2>&1
seen uninstall $?
seen unit_left "$(ls /etc/systemd/system/venuebox.service 2> /dev/null)"
seen user_left "$(getent passwd venuebox)"
seen lab done
