#!/usr/bin/env bash
# Runs the box with simulated hardware on this machine. Arguments go to
# `venuebox demo`; `scripts/run.sh --set camera.driver=v4l2 --set camera.device=/dev/video0`
# takes a real camera.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/setup.sh
setup_box
step 'starting'
exec node dist/daemon/main.js demo "$@"
