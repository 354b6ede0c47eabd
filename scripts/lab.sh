#!/bin/bash
# The hardware lab: boots a User Mode Linux kernel with gpio-sim, i2c-stub, USB
# gadgets and the like, over a throw-away copy of this machine's own root, and runs
# test/lab/*.test.ts inside against the real kernel drivers.
#
# Usage: scripts/lab.sh [test name…]     for example: scripts/lab.sh gpio printer
# Without names all of test/lab runs but test/lab/slow, which are whole boxes:
# scripts/lab.sh slow/box on vivid and snd-aloop, slow/evening by its buttons.
# scripts/lab.sh slow/wifi runs alone, with a kernel of its own (kernel-with.sh wifi).
# LAB_BUILD=no      never builds the kernel (ten minutes)
# LAB_TIMEOUT_S=300 the whole run ends after this
# A terminal shows all output as it comes, a pipe what failed and the times that were measured
# (`TIME what: N ms, goal M ms`; `npm run bench lab` makes a table of them).
# Ends with "N passed, N failed". Exits 0, 1 when a test failed, 3 when the lab
# cannot run here (the reason is printed; the caller counts it as skipped).
set -euo pipefail
cd "$(dirname "$0")/.."
repo=$PWD
config=scripts/lab/kernel.config
packages_to_run="busybox-static kmod udev dbus modemmanager"
tools="busybox depmod udevadm dbus-daemon ModemManager"
case " $* " in
  *' slow/wifi '*)
    more=wifi
    packages_to_run="busybox-static kmod udev dbus network-manager dnsmasq-base wpasupplicant iw"
    tools="busybox depmod udevadm dbus-daemon NetworkManager dnsmasq wpa_supplicant iw"
    ;;
  *) more= ;;
esac
packages_to_build="linux-source-6.12 build-essential flex bison bc xz-utils"

cannot() {
  echo "lab: cannot run here: $*"
  exit 3
}

[ "$(uname -m)" = x86_64 ] || cannot "User Mode Linux runs on x86-64 only, this is $(uname -m)"
[ "$(id -u)" = 0 ] || cannot "it needs root, to read all of this machine's root folder"
for tool in $tools; do
  PATH=$PATH:/usr/sbin:/sbin command -v "$tool" > /dev/null ||
    cannot "$tool is missing: apt-get install --no-install-recommends $packages_to_run"
done

# A prebuilt kernel is taken into the cache, where other checkouts find it.
hash=$(cat "$config" ${more:+"scripts/lab/$more.config"} | sha256sum | cut -c1-16)
kernel=${XDG_CACHE_HOME:-$HOME/.cache}/venuebox/lab-$hash
prebuilt=../shared/lab
if [ ! -x "$kernel/linux-um" ]; then
  if [ -z "$more" ] && [ -x $prebuilt/linux-um ] && [ -e $prebuilt/i2c-stub.ko ] &&
    cmp -s $config $prebuilt/kernel.config; then
    mkdir -p "$kernel"
    cp $prebuilt/i2c-stub.ko "$kernel/"
    cp $prebuilt/linux-um "$kernel/linux-um.part"
    mv "$kernel/linux-um.part" "$kernel/linux-um"
  elif [ "${LAB_BUILD:-yes}" = no ]; then
    cannot "its kernel is not built; run scripts/lab.sh once (ten minutes; $packages_to_build)"
  elif [ "$more" ]; then
    scripts/lab/kernel-with.sh $more || cannot "no kernel could be built (needs: $packages_to_build)"
  else
    scripts/lab/build-kernel.sh "$config" "$kernel" ||
      cannot "no prebuilt kernel fits and none could be built (needs: $packages_to_build)"
  fi
fi

memory_mb=1200
free_kb=$(df --output=avail /dev/shm | tail -1)
[ "$free_kb" -gt $((memory_mb * 1024)) ] || cannot "/dev/shm has no $memory_mb MB free"

work=$(mktemp -d /tmp/venuebox-lab.XXXXXX)
trap 'rm -rf "$work"' EXIT
release=$("$kernel/linux-um" --version | tail -1)
modules=$work/modules/lib/modules/$release
mkdir -p "$modules/extra" "$work/out"
if [ -e "$kernel/i2c-stub.ko" ]; then cp "$kernel/i2c-stub.ko" "$modules/extra/"; fi
PATH=$PATH:/usr/sbin:/sbin depmod -b "$work/modules" "$release" 2> /dev/null
[ -e dist/.built ] || { node scripts/build.mjs && touch dist/.built; }
node scripts/lab/bundle.mjs "$work/out/bundle" "$@"
case " $* " in *slow/*) node scripts/lab/bundle-box.mjs "$work/out/box" ;; esac

timeout_s=${LAB_TIMEOUT_S:-300}
show() {
  if [ -t 1 ]; then tee "$work/console"; else cat > "$work/console"; fi
}
TMPDIR=/dev/shm timeout -k 5 "$timeout_s" scripts/lab/on-one-core.sh "$kernel/linux-um" mem=${memory_mb}M \
  root=/dev/root rootfstype=hostfs rootflags=/ ro init="$repo/scripts/lab/init.sh" \
  con=null con0=fd:0,fd:1 quiet dummy_hcd.num=3 softdog.soft_noboot=1 \
  mac80211_hwsim.radios=7 vivid.n_devs=1 vivid.node_types=0x1 snd-aloop.index=0 snd-aloop.pcm_substreams=1 \
  lab_repo="$repo" lab_work="$work" lab_node="$(dirname "$(command -v node)")" lab_timeout_s="$timeout_s" \
  < /dev/null 2>&1 | show || true

# What broke comes first and again in its place: a report is cut in its middle.
failures() {
  sed -n '/^   FAIL  /,/^    at /p' "$1" | cut -c1-600 | head -60
}
passed=0
failed=0
touch "$work/out/results"
for file in "$work"/out/bundle/*.test.js; do
  name=$(basename "$file" .test.js)
  path=$(cd test/lab && ls "$name.test.ts" "slow/$name.test.ts" 2> /dev/null) || true
  log=$work/out/$name.log
  if read -r _ good bad took < <(grep "^$name " "$work/out/results"); then
    mark=$([ "$bad" -eq 0 ] && echo 'ok  ' || echo FAIL)
    echo "$mark test/lab/$path  $good passed  $took s"
    if [ "$bad" -gt 0 ]; then failures "$log"; fi
    passed=$((passed + good))
    failed=$((failed + bad))
  else
    echo "FAIL test/lab/$path  the kernel ended before it did"
    tail -n 30 "$log" "$work/console" 2> /dev/null || true
    failed=$((failed + 1))
  fi
  sed -n 's/^.*\(TIME .*\)/    \1/p; s/^.*\(TICKETS .*\)/    \1/p; s/^[• ✘]*\(.* after .*\)/    \1/p' "$log" 2> /dev/null || true
done
if [ "$failed" -gt 0 ] && [ ! -t 1 ]; then
  for log in "$work"/out/*.log; do
    if grep -q '^   FAIL  \|ended with' "$log"; then tail -n 80 "$log" | cut -c1-600; fi
  done
fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
