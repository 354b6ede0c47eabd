#!/bin/bash
# Runs inside the lab as PID 1: the test files one by one, and adds up uvu's counts.
# A file that prints no counts, or ends badly with all passed, is one failure.
cd "$1" || busybox poweroff -f
ip link set lo up
hostname lab
seconds() { cut -d' ' -f1 /proc/uptime; }
echo "lab: Linux $(uname -r) up after $(seconds) s"

passed=0
failed=0
wanted=$(cat /out/tests)
for file in test/lab/*.test.ts; do
  name=$(basename "$file" .test.ts)
  [ -z "$wanted" ] || [[ " $wanted " == *" $name "* ]] || continue
  timeout -k 2 120 node --import tsx "$file" > /tmp/test.log 2>&1
  code=$?
  cat /tmp/test.log
  total=$(sed -n 's/^ *Total: *//p' /tmp/test.log)
  good=$(sed -n 's/^ *Passed: *//p' /tmp/test.log)
  bad=$((${total:-0} - ${good:-0}))
  if [ -z "$total" ] || { [ $code -ne 0 ] && [ $bad -eq 0 ]; }; then
    echo "lab: $file ended with $code"
    bad=$((bad + 1))
  fi
  passed=$((passed + ${good:-0}))
  failed=$((failed + bad))
done
echo "lab: done after $(seconds) s"
echo "$passed passed, $failed failed" > /out/counts
sync
exec busybox poweroff -f
