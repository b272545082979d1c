#!/bin/sh
# Installs the dm-crypt helper and its policy from a checkout, as root; `--remove` takes them away.
# The packages for Debian and Fedora bring both themselves.
set -eu

helper=/usr/libexec/lockline/lockline-dmcrypt
policy=/usr/share/polkit-1/actions/org.lockline.dmcrypt.policy
here=$(cd "$(dirname "$0")" && pwd)

if [ "$(id -u)" -ne 0 ]; then
  echo "Cannot install: not root" >&2
  exit 1
fi
case "${1-}" in
  --remove)
    rm -f "$helper" "$policy"
    rmdir /usr/libexec/lockline 2>/dev/null || true
    ;;
  '')
    if [ ! -f "$here/build/lockline-dmcrypt" ]; then
      echo "Cannot install: not built (node resources/build/build-dmcrypt.ts)" >&2
      exit 1
    fi
    install -D -o root -g root -m 0755 "$here/build/lockline-dmcrypt" "$helper"
    install -D -o root -g root -m 0644 "$here/org.lockline.dmcrypt.policy" "$policy"
    ;;
  *)
    echo "Usage: $0 [--remove]" >&2
    exit 2
    ;;
esac
