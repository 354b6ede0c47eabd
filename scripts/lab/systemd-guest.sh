#!/bin/bash
# What is tried on the service, inside the lab; each finding is a line of /out/seen.
# Synced at once, so that it is on the disk when the machine is killed.
seen() { echo "$1=$2" >> /out/seen && sync /out/seen; }
show() { systemctl show venuebox --property "$1" --value; }
now() { cut -d' ' -f1 /proc/uptime; }
since() { awk -v a="$1" -v b="$(now)" 'BEGIN { printf "%.1f", b - a }'; }
# Waits for a command to succeed, two minutes at most. Each look starts a program, for which the
# box waits: this kernel has one core.
until_ok() {
  local i
  for ((i = 0; i < 240; i++)); do
    "$@" && return 0
    sleep 0.5
  done
  echo "never: $*"
  return 1
}
status_is() { [[ "$(show StatusText)" == $1* ]]; }
active() { [ "$(show ActiveState)" = active ]; }
another() { [ "$(show MainPID)" != "$pid" ] && [ "$(show MainPID)" != 0 ]; }
box_pids() { pgrep -u venuebox -d ' ' || true; }
# How many of these are still there.
left_of() { local one left=0; for one in "$@"; do [ -e "/proc/$one" ] && left=$((left + 1)); done; echo $left; }
child() { pgrep -u venuebox -f "/opt/venuebox/dist/pipelines/$1/main.js" | head -1; }

# The panel: a drop button on a line of gpio-sim, and a lamp of the LED class.
make_panel() {
  local chip=/sys/kernel/config/gpio-sim/venue
  mkdir -p $chip/bank0/line17
  echo 28 > $chip/bank0/num_lines
  echo GPIO17 > $chip/bank0/line17/name
  echo 1 > $chip/live
  button=/sys/devices/platform/$(cat $chip/dev_name)/$(cat $chip/bank0/chip_name)/sim_gpio17/pull
  echo pull-up > "$button"
  { printf venuebox:red:power; head -c 46 /dev/zero; printf '\377\0\0\0'; } > /tmp/led
  exec 7<> /dev/uleds
  dd if=/tmp/led bs=68 count=1 status=none >&7
}
press() {
  echo pull-down > "$button"
  sleep "$1"
  echo pull-up > "$button"
}
led() { cat "/sys/class/leds/venuebox:red:power/$1"; }
led_steady() { [ "$(led brightness)" = 255 ]; }
led_gap() { [ "$(led delay_on 2> /dev/null) $(led delay_off 2> /dev/null)" = '1800 200' ]; }
mains() { echo "$1" > /sys/module/test_power/parameters/ac_online; }

ip link set lo up
mains on
echo off > /sys/module/test_power/parameters/usb_online
systemctl start systemd-udevd dbus.socket

install() { bash scripts/install.sh --no-app --no-start >> /out/install.log 2>&1; }
install
seen install $?
install
seen install_again $?
bash scripts/install.sh --uninstall --purge > /out/uninstall.log 2>&1
seen uninstall $?
seen unit_left "$(ls /etc/systemd/system/venuebox.service 2> /dev/null)"
seen user_left "$(getent passwd venuebox)"

# The program, as install.sh lays it down; the packages are the checkout's.
install
cp -r /out/box/. /opt/venuebox/
ln -s "$LAB_NODE" /opt/venuebox/bin/node
mkdir -p /var/cache/venuebox
install -m 644 /out/gstreamer.bin /var/cache/venuebox/
mkdir /opt/venuebox/node_modules
mount --bind node_modules /opt/venuebox/node_modules
cat > /etc/venuebox/venuebox.yaml <<END
camera: {width: 160, height: 90, fps: 5}
sound: {driver: none}
encoder: {speed: ultrafast}
renditions: [{name: low, width: 160, height: 90, bitrate_bps: 100000}]
recording: {targets: [{id: card, folder: /srv/venuebox, reserve_mb: 10, reserve_pct: 1}]}
clips: {folder: "", poster_every_s: 0}
panel:
  driver: gpio
  buttons: {mark: {line: ""}}
  lamps: {power: {line: "", led: "venuebox:red:power"}, on-air: {line: ""}, links: {line: ""}, sound: {line: ""}, recording: {line: ""}}
power: {board: auto}
printer: {driver: none}
modems: {driver: none}
END
make_panel
udevadm settle -t 20

# The sandbox, tried by a program in the box's place.
unit=/etc/systemd/system/venuebox.service
sed -e '/^Watchdog\|^Restart=/d' -e 's/^Type=.*/Type=oneshot/' \
  -e 's#^ExecStart=.*#ExecStart=/opt/venuebox/bin/node /opt/venuebox/sandbox-probe.js#' $unit \
  > /etc/systemd/system/probe.service
mkdir -p /etc/systemd/system/probe.service.d
printf '[Unit]\nDefaultDependencies=no\n[Service]\nStandardOutput=append:/out/seen\nStandardError=append:/out/service.log\n' \
  > /etc/systemd/system/probe.service.d/lab.conf
systemctl daemon-reload
systemctl start probe
seen probe $?

start=$(now)
systemctl start venuebox
until_ok active
seen start $?
seen start_s "$(since "$start")"
seen state "$(show ActiveState)"
seen status "$(show StatusText)"
# All of one process.
read_rights() {
  pid=$(show MainPID)
  owner=$(stat -c %U "/proc/$pid") && cp "/proc/$pid/status" /tmp/rights && ! another
}
until_ok read_rights 2> /dev/null
seen user "$owner"
seen groups "$(id -nG venuebox)"
seen capabilities "$(awk '/^CapEff/ { print $2 }' /tmp/rights)"
seen no_new_privs "$(awk '/^NoNewPrivs/ { print $2 }' /tmp/rights)"
seen seccomp "$(awk '/^Seccomp:/ { print $2 }' /tmp/rights)"

until_ok led_steady
seen led_on_mains "$(led brightness)"
mains off
until_ok led_gap
seen led_off_mains "$(led trigger | tr ' ' '\n' | grep '\[') $(led delay_on) $(led delay_off)"
mains on

# Live by its button.
for _ in 1 2 3; do
  status_is live || press 3.5
  for ((i = 0; i < 120; i++)); do
    if status_is live || status_is fault; then break; fi
    sleep 0.5
  done
done
seen live "$(show StatusText)"

# A main process that hangs is killed by the watchdog and started again, and its drop goes on.
pid=$(show MainPID)
pids=$(box_pids)
before=$(show NRestarts)
# The start has settled: the box asks for its own three seconds.
is_strict() { [ "$(show WatchdogUSec)" = 3s ]; }
until_ok is_strict
seen strict $?
kill -STOP "$pid"
start=$(now)
until_ok another
seen recovered_s "$(since "$start")"
seen children_after_hang "$(left_of $pids)"
until_ok active
seen ready_again_s "$(since "$start")"
seen restarts "$(($(show NRestarts) - before))"
until_ok status_is live
seen live_again "$(show StatusText)"

# A stalled media process is a hang, too: the box ends it, or the watchdog the box.
stood=$(child media)
kill -STOP "$stood"
start=$(now)
media_restarted() { [ -n "$(child media)" ] && [ "$(child media)" != "$stood" ]; }
until_ok media_restarted && seen media_stall_s "$(since "$start")"
until_ok active
until_ok status_is live

# The end while live.
recording() { [ -n "$(child recording)" ]; }
until_ok recording
seen recording $?
pids=$(box_pids)
seen processes "$(wc -w <<< "$pids")"
start=$(now)
systemctl stop venuebox
seen stop_s "$(since "$start")"
seen stop_result "$(show Result)"
seen stop_code "$(show ExecMainStatus)"
seen orphans "$(left_of $pids) $(box_pids)"

# A config that only a person can repair is not tried again and again.
cp /etc/venuebox/venuebox.yaml /tmp/right.yaml
echo 'nonsense: 1' >> /etc/venuebox/venuebox.yaml
systemctl start venuebox
failed() { [ "$(show ActiveState)" = failed ]; }
until_ok failed
sleep 1
seen wrong_config "$(show ActiveState) $(show ExecMainStatus)"
cat /tmp/right.yaml > /etc/venuebox/venuebox.yaml

# The button ends the machine, by logind and polkit's rule.
systemctl start dbus systemd-logind polkit
systemctl start venuebox
until_ok active
seen start_at_last $?
sleep 2
seen lab done
press 11
sleep 90
seen still_on yes
