#!/usr/bin/env bash
# Installs the box from this checkout as a service of systemd, on Debian 12 or 13
# or Raspberry Pi OS. May be run again: it then updates what changed, and
# leaves config and recordings alone.
#
#   sudo scripts/install.sh               install and start
#   sudo scripts/install.sh --no-start    install only
#   sudo scripts/install.sh --uninstall   remove what was installed
#   sudo scripts/install.sh --uninstall --purge   and config, state and the user
#   scripts/install.sh --root DIR         lay the files into DIR, for an image
#   ... --no-app                          only units, rules and config
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/setup.sh

root='' app=yes start=yes uninstall='' purge=''
while [ $# -gt 0 ]; do
  case $1 in
    --root) root=${2:?--root needs a folder} && start='' && shift ;;
    --no-app) app='' ;;
    --no-start) start='' ;;
    --uninstall) uninstall=yes ;;
    --purge) purge=yes ;;
    -h | --help) sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "$0" && exit 0 ;;
    *) die "no option $1; see scripts/install.sh --help" ;;
  esac
  shift
done
[ -z "$purge" ] || [ -n "$uninstall" ] || die '--purge goes with --uninstall'
[ -n "$root" ] || [ "$(id -u)" -eq 0 ] || die 'this must run as root: sudo scripts/install.sh'

prefix=$root/opt/venuebox
# What is laid where: source, mode, target.
FILES=(
  'systemd/venuebox.service 644 /etc/systemd/system/venuebox.service'
  'systemd/venuebox-network.service 644 /etc/systemd/system/venuebox-network.service'
  'systemd/venuebox-network.socket 644 /etc/systemd/system/venuebox-network.socket'
  'systemd/venuebox-relay.service 644 /etc/systemd/system/venuebox-relay.service'
  'systemd/venuebox.sysusers 644 /etc/sysusers.d/venuebox.conf'
  'systemd/venuebox.tmpfiles 644 /etc/tmpfiles.d/venuebox.conf'
  'systemd/venuebox.udev 644 /etc/udev/rules.d/70-venuebox.rules'
  'systemd/venuebox.rules 644 /etc/polkit-1/rules.d/50-venuebox.rules'
  'systemd/venuebox.dnsmasq 644 /etc/NetworkManager/dnsmasq-shared.d/venuebox.conf'
  'systemd/venuebox.shutdown 755 /usr/lib/systemd/system-shutdown/venuebox'
  'systemd/venuebox.example.yaml 644 /etc/venuebox/venuebox.example.yaml'
  'systemd/venuebox.sh 755 /opt/venuebox/bin/venuebox'
  'systemd/venuebox.boot 755 /opt/venuebox/bin/venuebox-boot'
  'systemd/appliance/watchdog.conf 644 /usr/lib/systemd/system.conf.d/50-venuebox.conf'
  'systemd/appliance/venuebox-log 755 /opt/venuebox/bin/venuebox-log'
  'systemd/appliance/venuebox-appliance 755 /opt/venuebox/bin/venuebox-appliance'
  'systemd/appliance/journald.conf 644 /usr/share/venuebox/appliance/journald.conf'
  'systemd/appliance/log.conf 644 /usr/share/venuebox/appliance/log.conf'
  'systemd/appliance/venuebox-log.service 644 /usr/share/venuebox/appliance/venuebox-log.service'
  'systemd/appliance/venuebox-log-end.service 644 /usr/share/venuebox/appliance/venuebox-log-end.service'
  'systemd/appliance/venuebox-log.timer 644 /usr/share/venuebox/appliance/venuebox-log.timer'
)
# Printed by the program.
COMPLETION=$root/usr/share/bash-completion/completions/venuebox
LINK=$root/usr/local/bin/venuebox

# Only a running systemd of this machine is notified.
systemd_runs() {
  [ -z "$root" ] && [ -d /run/systemd/system ]
}

build_app() {
  # These are for building; an image gets its packages from the tool that makes it.
  setup_packages "${BOX_PACKAGES[@]}"
  if [ -z "$root" ]; then setup_packages dbus polkitd; fi
  # What the checkout's owner builds stays the owner's.
  if [ "$(id -u)" -eq 0 ] && [ -n "${SUDO_USER:-}" ] && [ "$SUDO_USER" != root ]; then
    runuser -u "$SUDO_USER" -- bash -c 'set -euo pipefail; . scripts/setup.sh; setup_box'
  else
    setup_box
  fi
}

# The new program is complete before it replaces the old one.
install_app() {
  step "copying the program to $prefix"
  rm -rf "$prefix.new" "$prefix.old"
  mkdir -p "$prefix.new/bin"
  cp -a dist node_modules package.json package-lock.json README.md LICENSE "$prefix.new/"
  (cd "$prefix.new" && npm prune --omit=dev --ignore-scripts --no-fund --no-audit --loglevel=error >&2) ||
    die 'npm prune failed'
  install_node
  chown -R 0:0 "$prefix.new" 2>/dev/null || [ -n "$root" ] || die "cannot chown $prefix.new"
  chmod -R go-w "$prefix.new"
  [ ! -e "$prefix" ] || mv "$prefix" "$prefix.old"
  mv "$prefix.new" "$prefix"
  rm -rf "$prefix.old"
}

# A Node.js of a home folder cannot be reached by the service: it is copied.
install_node() {
  local node
  node=$(readlink -f "$(command -v node)")
  case $node in
    /usr/* | /opt/*) ln -s "$node" "$prefix.new/bin/node" ;;
    *) install -m 755 "$node" "$prefix.new/bin/node" ;;
  esac
}

install_files() {
  local file source mode target
  for file in "${FILES[@]}"; do
    read -r source mode target <<<"$file"
    install -D -m "$mode" "$source" "$root$target"
  done
  if [ "$app" ]; then
    mkdir -p "$(dirname "$COMPLETION")"
    node dist/daemon/main.js completion >"$COMPLETION"
    chmod 644 "$COMPLETION"
  fi
  mkdir -p "$(dirname "$LINK")"
  ln -sfn /opt/venuebox/bin/venuebox "$LINK"
  # Never overwritten.
  [ -e "$root/etc/venuebox/venuebox.yaml" ] ||
    install -D -m 640 systemd/venuebox.yaml "$root/etc/venuebox/venuebox.yaml"
}

apply_files() {
  step 'making the user, its folders and the rights of devices'
  systemd-sysusers /etc/sysusers.d/venuebox.conf
  systemd-tmpfiles --create /etc/tmpfiles.d/venuebox.conf
  if systemd_runs; then
    udevadm control --reload && udevadm trigger --subsystem-match=gpio --subsystem-match=i2c-dev \
      --subsystem-match=usbmisc --subsystem-match=dma_heap --subsystem-match=leds || step 'udev could not be notified: restart the machine'
    systemctl daemon-reload
  fi
}

start_service() {
  if [ "$app" ] && ! "$LINK" check /etc/venuebox/venuebox.yaml >&2; then
    step 'not started: correct the config, then: systemctl enable --now venuebox'
    return
  fi
  step 'starting'
  systemctl enable --quiet venuebox
  # The box starts it again, in its new version.
  systemctl stop --quiet venuebox-network.service venuebox-network.socket 2>/dev/null || true
  systemctl restart venuebox || die 'it does not start; see: journalctl -u venuebox -e'
}

uninstall_files() {
  local file target
  if systemd_runs; then
    systemctl disable --now --quiet venuebox venuebox-relay 2>/dev/null || true
    systemctl stop --quiet venuebox-network.socket venuebox-network.service 2>/dev/null || true
  fi
  # What it has laid into /etc names programs that go.
  if [ -z "$root" ] && [ -e /etc/systemd/journald.conf.d/zz-venuebox.conf ]; then "$prefix/bin/venuebox-appliance" off; fi
  for file in "${FILES[@]}"; do
    read -r _ _ target <<<"$file"
    rm -f "$root$target"
  done
  rm -f "$LINK" "$COMPLETION"
  rmdir "$root/usr/share/venuebox/appliance" "$root/usr/share/venuebox" 2>/dev/null || true
  rm -rf "$prefix" "$prefix.new" "$prefix.old" "$root/var/cache/venuebox"
  if [ "$purge" ]; then
    rm -rf "$root/etc/venuebox" "$root/var/lib/venuebox" "$root/var/lib/venuebox-relay" "$root/var/log/venuebox"
    if [ -z "$root" ]; then userdel venuebox 2>/dev/null || true; fi
  fi
  rmdir "$root/etc/venuebox" 2>/dev/null || true
  if systemd_runs; then
    systemctl daemon-reload
    udevadm control --reload || true
  fi
}

if [ "$uninstall" ]; then
  uninstall_files
  step 'removed'
  if [ -z "$purge" ]; then
    echo "Not removed: /etc/venuebox, /var/lib/venuebox with its recordings, recordings elsewhere, and the user." >&2
    echo "To remove the first two, with the recordings there, and the user too: scripts/install.sh --uninstall --purge" >&2
  else
    echo 'Not removed: recordings outside /var/lib/venuebox.' >&2
  fi
  exit 0
fi

if [ "$app" ]; then
  build_app
  install_app
fi
install_files
[ -n "$root" ] || apply_files
if [ "$start" ] && systemd_runs; then start_service; fi

cat >&2 <<END

Installed. The config is /etc/venuebox/venuebox.yaml; then

  systemctl restart venuebox     start it with a changed config
  venuebox status                its state (as root, or in the group venuebox:
                                 sudo adduser \$USER venuebox)
  journalctl -u venuebox -f      its log
  sudo cat /var/lib/venuebox/operator-pin
                                 the PIN of the operator's page, once it has started,
                                 unless the config brings one

To undo: sudo scripts/install.sh --uninstall
END
