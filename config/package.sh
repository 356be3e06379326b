#!/bin/sh
# Makes the tarball of a release: config/package.sh PUBLISHED-DIR OUT.tar.gz
# The same inputs give the same bytes: names in order, no owners, one time (SOURCE_DATE_EPOCH, else that of the last commit).
set -eu

[ $# -eq 2 ] || { echo "Usage: $0 PUBLISHED-DIR OUT.tar.gz" >&2; exit 2; }
config=$(cd "$(dirname "$0")" && pwd)
[ -x "$1/sealtail" ] || { echo "$1/sealtail is not there. Publish it first: dotnet publish Agent -c Release -r linux-x64 -o $1" >&2; exit 2; }
time=${SOURCE_DATE_EPOCH:-$(git -C "$config" log -1 --format=%ct)}

stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
top=$stage/sealtail
mkdir -p "$top/app"
cp -R "$1/." "$top/app/"
find "$top/app" -name '*.pdb' -o -name '*.dbg' | xargs -r rm -f
cp "$config/sealtail.service" "$config/sealtail.sysusers.conf" "$config/sealtail.tmpfiles.conf" \
  "$config/sealtail.yaml" "$config/sealtail.schema.json" "$config/install.sh" "$config/uninstall.sh" "$config/../LICENSE" "$top/"
# The pages that the agent's messages, alerts and each other name, and what those offer to copy, where their links find it.
mkdir "$top/docs" "$top/config"
cp "$config"/../docs/*.md "$top/docs/"
cp -R "$config/audit-policy.yaml" "$config/kubeadm" "$config/rke2" "$config/k3s" "$config/talos" "$top/config/"
sed 's#](\([a-z-]*\.md\)#](docs/\1#g' "$config/../docs/install-systemd.md" > "$top/README.md"
chmod -R u=rwX,go=rX "$top"
tar --directory "$stage" --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$time" --format=gnu --create sealtail | gzip -9 -n > "$2"
