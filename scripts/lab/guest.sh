#!/bin/bash
# Runs inside the lab as PID 1: the test files, one result line for each in
# /out/results: NAME PASSED FAILED SECONDS.
#
# The modem file waits for ModemManager's probing most of its time, so it runs
# beside the others; those share chips and run one after the other. A file that
# prints no counts, or ends badly with all passed, is one failure.
cd "$1" || busybox poweroff -f
ip link set lo up
hostname lab
seconds() { cut -d' ' -f1 /proc/uptime; }
echo "lab: Linux $(uname -r) up after $(seconds) s"
# The kernel leaves its caller's process group: should that die, this ends it.
(sleep "$2" && busybox poweroff -f) &
# Beside the repository's own node_modules, on the overlay.
cp -r /out/bundle .lab-bundle
if [ -d /out/box ]; then
  rm -rf /opt/venuebox
  cp -r /out/box /opt/venuebox
  ln -s "$PWD/node_modules" /opt/venuebox/node_modules
fi

run_file() {
  local name=$1 log=/out/$1.log code total good bad began
  began=$(seconds)
  timeout -k 2 "$2" node --enable-source-maps ".lab-bundle/$name.test.js" > "$log" 2>&1
  code=$?
  total=$(sed -n 's/^ *Total: *//p' "$log")
  good=$(sed -n 's/^ *Passed: *//p' "$log")
  bad=$((${total:-0} - ${good:-0}))
  if [ -z "$total" ] || { [ $code -ne 0 ] && [ $bad -eq 0 ]; }; then
    # 124 and 137 are timeout's own words for a hang.
    echo "lab: $name ended with $code" >> "$log"
    bad=$((bad + 1))
  fi
  { echo "lab: $name"; cat "$log"; } > /dev/console
  echo "$name ${good:-0} $bad $(echo "$(seconds) $began" | busybox awk '{ print $1 - $2 }')" >> /out/results
  sync
}

modem=
for file in .lab-bundle/*.test.js; do
  name=$(basename "$file" .test.js)
  [ "$name" = modem ] || continue
  run_file modem "$2" &
  modem=$!
done
for file in .lab-bundle/*.test.js; do
  name=$(basename "$file" .test.js)
  [ "$name" = modem ] || run_file "$name" "$2"
done
[ -z "$modem" ] || wait "$modem"
echo "lab: done after $(seconds) s"
sync
exec busybox poweroff -f
