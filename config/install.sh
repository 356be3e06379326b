#!/bin/sh
# Installs Sealtail as a systemd service: ./install.sh [--root DIR]      (see docs/install-systemd.md)
# Run it in the unpacked tarball, or pass the published program: ./install.sh --program out/publish
# It never overwrites a configuration, and it starts nothing.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=
program=$here/app
while [ $# -gt 0 ]; do
  case $1 in
    --root) root=${2%/}; shift 2 ;;
    --program) program=${2%/}; shift 2 ;;
    *) echo "Usage: $0 [--root DIR] [--program DIR]" >&2; exit 2 ;;
  esac
done
[ -x "$program/sealtail" ] || { echo "$program/sealtail is not there, or not executable. Publish it first: dotnet publish Agent -c Release -r linux-x64 -o out/publish" >&2; exit 2; }
[ -n "$root" ] || [ "$(id -u)" -eq 0 ] || { echo "Run this as root, or with --root DIR to fill a directory." >&2; exit 2; }

# A new program beside the old one, then one rename: a run that is interrupted leaves a whole program.
mkdir -p "$root/opt"
rm -rf "$root/opt/.sealtail.new" "$root/opt/.sealtail.old"
cp -R "$program" "$root/opt/.sealtail.new"
[ ! -d "$here/docs" ] || cp -R "$here/docs" "$root/opt/.sealtail.new/docs"
chmod -R u=rwX,go=rX "$root/opt/.sealtail.new"
[ -n "$root" ] || chown -R 0:0 /opt/.sealtail.new
[ ! -e "$root/opt/sealtail" ] || mv "$root/opt/sealtail" "$root/opt/.sealtail.old"
mv "$root/opt/.sealtail.new" "$root/opt/sealtail"
rm -rf "$root/opt/.sealtail.old"

install -d -m 755 "$root/usr/local/bin" "$root/etc/systemd/system" "$root/etc/sysusers.d" "$root/etc/tmpfiles.d"
ln -sfn /opt/sealtail/sealtail "$root/usr/local/bin/sealtail"
install -m 644 "$here/sealtail.service" "$root/etc/systemd/system/sealtail.service"
install -m 644 "$here/sealtail.sysusers.conf" "$root/etc/sysusers.d/sealtail.conf"
install -m 644 "$here/sealtail.tmpfiles.conf" "$root/etc/tmpfiles.d/sealtail.conf"
install -d -m 750 "$root/etc/sealtail"
install -m 644 "$here/sealtail.schema.json" "$root/etc/sealtail/sealtail.schema.json"
install -m 640 "$here/sealtail.yaml" "$root/etc/sealtail/sealtail.yaml.example"

if [ -z "$root" ]; then
  systemd-sysusers /etc/sysusers.d/sealtail.conf
  systemd-tmpfiles --create /etc/tmpfiles.d/sealtail.conf
  systemctl daemon-reload
fi

echo "Installed $("$root/opt/sealtail/sealtail" --version)."
if [ ! -e "$root/etc/sealtail/sealtail.yaml" ]; then
  cat <<'NEXT'
Next:
  cp /etc/sealtail/sealtail.yaml.example /etc/sealtail/sealtail.yaml      # then set cluster, path and bucket
  systemd-tmpfiles --create /etc/tmpfiles.d/sealtail.conf                 # gives it to root:sealtail, mode 0640
  sealtail config check && sealtail doctor
  systemctl enable --now sealtail
NEXT
else
  echo "Next: systemctl restart sealtail (it loses nothing)."
fi
