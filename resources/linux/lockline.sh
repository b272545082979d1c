#!/bin/sh
# The `lockline` command: the app's own binary, without a window or a display. No page is shown, so
# there is nothing for a sandbox to hold, and root may use it. What follows `--` is the command's.
self=$(readlink -f "$0")
folder=$(dirname "$(dirname "$self")")
[ -x "$folder/lockline-desktop" ] || folder=/opt/Lockline
exec "$folder/lockline-desktop" --lockline-command --ozone-platform=headless --disable-gpu --no-sandbox -- "$@"
