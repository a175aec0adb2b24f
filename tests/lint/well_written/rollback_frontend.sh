#!/bin/bash
# Rolls the site back to a backup of it, as a whole: rollback_frontend.sh NAME
set -euo pipefail

site=/var/www/lingzhi-ecosystem
backups=/opt/lingzhi-ecosystem/backups
page=https://www.lingzhi.example/

fail() {
  echo "rollback_frontend: $*" >&2
  exit 1
}

name=${1:?usage: rollback_frontend.sh NAME, one of those in $backups}
backup=$backups/$name
[ -f "$backup/index.html" ] || fail "$backup: no whole backup of the site; there are: $(ls "$backups")"
read -r -p "Roll the site back to $name? (y/n) " answer
if [ "$answer" != y ]; then
  echo "Cancelled: nothing was changed."
  exit 3
fi

nginx -t || fail "nginx would not start again; nothing was changed"
stamp=$(date +%Y%m%d_%H%M%S)
log=/var/log/rollback/frontend_$stamp.log
exec > >(tee -a "$log") 2>&1

# Everything that may fail is done beside the live site; what is left are two renames.
rm -rf "$site.new"
cp -a "$backup" "$site.new"
diff -r "$backup" "$site.new" >/dev/null || fail "the copy is not the backup"
mv "$site" "$site.before_rollback_$stamp"
mv "$site.new" "$site"
systemctl reload nginx

wanted=$(sha256sum "$backup/index.html" | cut -d ' ' -f 1)
for _ in $(seq 60); do
  served=$(curl -fsS --max-time 5 "$page" | sha256sum | cut -d ' ' -f 1) || served=nothing
  [ "$served" != "$wanted" ] || { echo "Served: $name"; exit 0; }
  sleep 0.5
done
fail "$page: not the page of $name within 30 s; the other site is $site.before_rollback_$stamp"
