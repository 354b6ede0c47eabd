#!/bin/sh
# Starts the installed box with the Node.js that it was installed with. The service starts the
# version that an update has put in its place, where there is one (daemon/update/README.md);
# all other verbs are the installed program's: root must run nothing that the service can write.
program=/opt/venuebox
if [ "$1" = run ] && [ -n "$STATE_DIRECTORY" ]; then
  export VENUEBOX_INSTALLED=$program VENUEBOX_RUNS=installed
  versions=$STATE_DIRECTORY/versions
  if [ -e "$versions/state.json" ] && [ -O "$versions" ] &&
    chosen=$("$program/bin/node" "$program/dist/daemon/update/launch.js" choose "$@"); then
    VENUEBOX_RUNS=${chosen% *}
    if [ "${chosen#* }" -gt 0 ]; then
      # What hangs is ended from outside. The shell becomes the box, so that this is a child of it.
      (
        sleep "${chosen#* }"
        exec "$program/bin/node" "$program/dist/daemon/update/launch.js" expire "$VENUEBOX_RUNS" $$
      ) </dev/null >/dev/null 2>&1 &
    fi
    [ "$VENUEBOX_RUNS" = installed ] || program=$versions/$VENUEBOX_RUNS
  fi
fi
exec "$program/bin/node" "$program/dist/daemon/main.js" "$@"
