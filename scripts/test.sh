#!/usr/bin/env bash
# Sets this machine up and runs every test; the last line counts them.
# Arguments choose files: scripts/test.sh hls config
# TESTS_WITHIN_S=1765 all of it ends within this, whatever hangs: CI has half an hour.
set -euo pipefail
cd "$(dirname "$0")/.."
export TESTS_WITHIN_S=${TESTS_WITHIN_S:-1765}
if [ -z "${TESTS_ARE_TIMED:-}" ]; then
  # In the foreground, as sudo may ask for a password.
  status=0
  TESTS_ARE_TIMED=yes timeout --foreground --kill-after=10 "$TESTS_WITHIN_S" \
    bash scripts/test.sh "$@" || status=$?
  # What hung before the tests has no counts.
  if [ "$status" -eq 124 ] || [ "$status" -eq 137 ]; then echo '0 passed, 1 failed'; fi
  exit "$status"
fi
. scripts/setup.sh
setup_packages chromium dbus ffmpeg firefox-esr gir1.2-gst-rtsp-server-1.0 mosquitto nghttp2-client openssl
setup_packages libfaketime mpv python3-gi srt-tools webkit2gtk-driver xvfb
setup_package_unstarted nginx-light nginx.service
for proxy in haproxy varnish caddy; do setup_package_unstarted $proxy $proxy.service; done
setup_package_unstarted avahi-daemon avahi-daemon.service
setup_packages avahi-utils
setup_package_unstarted network-manager NetworkManager.service
setup_package_unstarted coturn coturn.service
setup_packages dnsmasq-base busybox-static
# Debian’s other WebRTC, as a viewer.
setup_packages gstreamer1.0-nice gir1.2-gst-plugins-bad-1.0
# The hardware lab's; it runs on x86-64 only.
if [ "$(uname -m)" = x86_64 ]; then setup_packages busybox-static kmod udev modemmanager; fi
setup_box
failed=0
export NO_COLOR=1
log=$(mktemp)
trap 'rm -f "$log" "$log.types"' EXIT
# Beside each other, and not beside the tests: the lab's machines, which come first, need a core.
step 'types and lint'
timeout --kill-after=10 400 npm run --silent types >"$log.types" 2>&1 &
types=$!
timeout --kill-after=10 400 npm run --silent lint >&2 || failed=1
if ! wait "$types"; then
  failed=1
  cat "$log.types" >&2
fi
step 'tests'
# They end by themselves, and say what there was no time for.
within=$((TESTS_WITHIN_S - SECONDS - 30))
if [ "$within" -lt 1 ]; then within=1; fi
TESTS_WITHIN_S=$within timeout --kill-after=5 $((within + 15)) \
  node --import tsx scripts/run-tests.ts "$@" | tee "$log" | sed '$d' || failed=1
last=$(tail -n 1 "$log")
if ! [[ "$last" =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed(.*)$ ]]; then
  echo 'the test runner ended without its counts'
  last='0 passed, 1 failed'
  failed=1
elif [ "$failed" -ne 0 ] && [ "${BASH_REMATCH[2]}" -eq 0 ]; then
  echo 'types or lint failed: counted as one'
  last="${BASH_REMATCH[1]} passed, 1 failed${BASH_REMATCH[3]}"
fi
echo "$last"
[ "$failed" -eq 0 ] && [[ "$last" == *' 0 failed'* ]]
