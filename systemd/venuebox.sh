#!/bin/sh
# Starts the installed box with the Node.js that it was installed with.
exec /opt/venuebox/bin/node /opt/venuebox/dist/daemon/main.js "$@"
