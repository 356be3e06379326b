#!/bin/sh
# Removes Sealtail's service and program: ./uninstall.sh [--root DIR]
# It leaves /var/lib/sealtail (what was not uploaded yet, the place in the log, the signing key), /etc/sealtail and the user.
set -eu

root=
case ${1:-} in
  "") ;;
  --root) root=${2%/} ;;
  *) echo "Usage: $0 [--root DIR]" >&2; exit 2 ;;
esac
[ -n "$root" ] || [ "$(id -u)" -eq 0 ] || { echo "Run this as root, or with --root DIR." >&2; exit 2; }

if [ -z "$root" ] && [ -e /etc/systemd/system/sealtail.service ]; then
  # Stopping seals what was read, uploads for up to 20 s, and ends the epoch with a signed stop.
  systemctl disable --now sealtail
fi

rm -f "$root/etc/systemd/system/sealtail.service" "$root/etc/sysusers.d/sealtail.conf" "$root/etc/tmpfiles.d/sealtail.conf" "$root/usr/local/bin/sealtail"
rm -rf "$root/opt/sealtail"
[ -n "$root" ] || systemctl daemon-reload

cat <<'LEFT'
Removed the service and the program. Left in place:
  /var/lib/sealtail   what was not uploaded, the place in the log, the signing key
  /etc/sealtail       the configuration
  the user sealtail; drop-ins of the unit, and an encrypted key in /etc/credstore.encrypted, if you made them
Before you remove the state, drain it: install again, start the service, and stop it when this says "Spool 0 waiting":
  sealtail status
LEFT
