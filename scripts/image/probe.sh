#!/bin/bash
# Runs inside the lab, in the root file system of the recipe: what came up, as lines of KEY=VALUE.
# On the kernel's command line are `lab_out=FOLDER`, a folder of the host, and `lab_then=`, what
# venuebox-appliance does at the end.
for word in $(cat /proc/cmdline); do
  case $word in
    lab_out=*) folder=${word#*=} ;;
    lab_then=*) then=${word#*=} ;;
  esac
done
mkdir -p /run/lab
# As a named option: the mount of Debian 13 hands each over by its name.
mount -t hostfs -o "hostfs=$folder" none /run/lab
seen() { echo "$1=$2" >>/run/lab/seen; }
show() { systemctl show venuebox --property "$1" --value; }
status_is() { [[ "$(show StatusText)" == $1* ]]; }
writes() { if touch "$1/lab" 2>/dev/null; then rm -f "$1/lab" && echo yes; else echo no; fi; }

seen probe_s "$(cut -d' ' -f1 /proc/uptime)"
for ((i = 0; i < 1200; i++)); do
  status_is idle && break
  sleep 0.1
done
seen idle_s "$(cut -d' ' -f1 /proc/uptime)"
seen status "$(show StatusText)"
# Its pages are there.
opens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
for ((i = 0; i < 1200; i++)); do
  opens 8080 && opens 8081 && break
  sleep 0.1
done
seen pages_s "$(cut -d' ' -f1 /proc/uptime)"
seen box_cpu_s "$(systemctl show venuebox --property CPUUsageNSec --value | sed 's/.........$//')"
seen machine_cpu_s "$(awk '/^cpu / { printf "%.0f", ($2 + $3 + $4) / 100 }' /proc/stat)"
seen root "$(findmnt -no OPTIONS / | cut -d, -f1)"
for path in / /usr /etc /var/lib; do seen "writes$path" "$(writes $path)"; done
for path in /var/lib/venuebox /var/cache/venuebox /srv/venuebox /var/lib/NetworkManager \
  /etc/NetworkManager/system-connections /var/lib/systemd /tmp /var/tmp; do
  seen "writes$path" "$(writes $path)"
done
seen failed "$(systemctl --failed --plain --no-legend | cut -d' ' -f1 | tr '\n' ' ')"
seen journal "$(find /run/log/journal /var/log/journal -name '*.journal' 2>/dev/null | cut -d/ -f2 | sort -u | tr '\n' ' ')"
seen watchdog "$(systemctl show --property RuntimeWatchdogUSec --value) $(cat /sys/class/watchdog/watchdog0/state 2>/dev/null)"
exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /drop.json HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n' >&3
seen guests "$(head -1 <&3 | tr -d '\r')"
seen pin "$(md5sum </var/lib/venuebox/operator-pin)"
seen machine "$(cat /etc/machine-id)"
seen kept_lines "$(cat /var/log/venuebox/log* 2>/dev/null | wc -l)"
seen restarts "$(show NRestarts)"
# Live for a moment, on what it may write.
/usr/bin/venuebox cmd go-live force=true >/run/lab/go-live 2>&1
for ((i = 0; i < 600; i++)); do
  status_is live && break
  sleep 0.1
done
seen live "$(show StatusText)"
sleep 5
seen recorded "$(find /var/lib/venuebox/recordings -type f | wc -l)"
/usr/bin/venuebox cmd end >/run/lab/end 2>&1
# On the machine as it runs.
appliance=/usr/lib/venuebox/bin/venuebox-appliance
case $then in
  off) $appliance off >/run/lab/then 2>&1 ;;
  read-only) $appliance read-only /dev/ubdb >/run/lab/then 2>&1 ;;
esac
seen "$then" $?
systemd-analyze time 2>/dev/null | head -1 >/run/lab/time
systemd-analyze blame 2>/dev/null | head -15 >/run/lab/blame
journalctl -b --no-pager >/run/lab/journal 2>&1
seen lab done
systemctl poweroff
