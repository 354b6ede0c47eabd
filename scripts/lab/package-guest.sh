#!/bin/bash
# What is tried on the Debian package, inside the lab: a machine that has all it depends on, and
# real systemd. Each finding is a line of /out/seen.
seen() { echo "$1=$2" >> /out/seen && sync /out/seen; }
show() { systemctl show venuebox --property "$1" --value; }
until_ok() {
  local i
  for ((i = 0; i < 240; i++)); do
    "$@" && return 0
    sleep 0.2
  done
  echo "never: $*"
  return 1
}
idle() { [[ "$(show StatusText)" == idle* ]] && [ "$(show ActiveState)" = active ]; }
opens() { (exec 3<> "/dev/tcp/127.0.0.1/$1") 2> /dev/null; }
pages() { opens 8080 && opens 8081; }
of_package() { dpkg --force-unsafe-io "$@" >> /out/package.log 2>&1; }
# What has its name, but not the lab's own drop-ins.
left() {
  find /etc /usr /lib /var /srv /run -xdev -name '*venuebox*' ! -path '*.d/lab.conf' ! -path '/etc/systemd/system/*.d' \
    ! -path '/usr/share/doc/*' 2> /dev/null | sort -u | tr '\n' ' '
}

export DEBIAN_FRONTEND=noninteractive
ip link set lo up
# A container's, which keeps packages from starting anything.
rm -f /usr/sbin/policy-rc.d
# Debian's index of all manuals takes minutes here.
rm -f /var/lib/man-db/auto-update
systemctl start systemd-udevd dbus.socket dbus
seen before "$(left)"

of_package -i /out/venuebox.deb
seen install $?
until_ok idle
seen status "$(show StatusText)"
until_ok pages
seen pages $?
seen enabled "$(systemctl is-enabled venuebox)"
seen unit "$(show FragmentPath)"
seen user "$(stat -c %U "/proc/$(show MainPID)")"
seen command "$(venuebox status 2>&1 | head -1 | cut -d' ' -f1)"

# What belongs to the box's owner.
echo '# of the owner' >> /etc/venuebox/venuebox.yaml
install -d -o venuebox /var/lib/venuebox/recordings
echo recorded > /var/lib/venuebox/recordings/one.mkv
pin=$(md5sum < /var/lib/venuebox/operator-pin)
pid=$(show MainPID)
of_package -i /out/venuebox.deb
seen upgrade $?
another() { [ "$(show MainPID)" != "$pid" ] && idle; }
until_ok another
seen restarted $?
stays() {
  tail -1 /etc/venuebox/venuebox.yaml | grep -q 'of the owner' && [ -e /var/lib/venuebox/recordings/one.mkv ] &&
    [ "$(md5sum < /var/lib/venuebox/operator-pin)" = "$pin" ] && echo yes
}
seen kept_by_upgrade "$(stays)"

of_package -r venuebox
seen remove $?
seen state_removed "$(show ActiveState)"
seen processes_removed "$(pgrep -u venuebox -c)"
seen kept_by_removal "$(stays)"
of_package -P venuebox
seen purge $?
seen left "$(left)"
seen user_left "$(getent passwd venuebox)"
seen lab done
systemctl poweroff --force --force
