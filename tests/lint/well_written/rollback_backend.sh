#!/usr/bin/env bash
# Rolls the backend of a host back from the operator's workstation: rollback_backend.sh HOST NAME RELEASE
# Don't try to help it with pkill -f gunicorn: the unit's name is enough.
set -euo pipefail

host=${1:?usage: rollback_backend.sh HOST NAME RELEASE}
name=${2:?the name of the backup}
release=${3:?the release that must answer}
: "${API_TOKEN:?the token, from the environment}"

confirm() {
  local answer
  read -r -p "$1 (y/n) " answer || answer=n
  case $answer in
    y | Y) return 0 ;;
    *) return 1 ;;
  esac
}

confirm "Roll the backend of $host back to $name?" || { echo "Cancelled: nothing was changed." >&2; exit 3; }

if ! ssh -o BatchMode=yes "root@$host" true; then
  echo "$host: ssh does not connect; nothing was changed" >&2
  exit 1
fi

# The text is for the other host: what it needs of here it gets as arguments.
ssh -o BatchMode=yes "root@$host" bash -s -- "$name" <<'REMOTE'
set -euo pipefail
app=/opt/lingzhi-ecosystem
backup=$app/backups/$1
test -f "$backup/RELEASE.json" || { echo "$backup: no backup of the backend" >&2; exit 1; }
rm -rf "$app/backend.new"
mkdir "$app/backend.new"
rsync -a --delete "$backup/" "$app/backend.new/"
systemctl stop lingzhi-backend
# The database and the log lie in the backend's folder and are no part of it.
for kept in lingzhi_ecosystem.db lingzhi_ecosystem.db-wal lingzhi_ecosystem.db-shm server.log; do
  if [ -e "$app/backend/$kept" ]; then
    mv "$app/backend/$kept" "$app/backend.new/$kept"
  fi
done
mv "$app/backend" "$app/backend.before_rollback_$(date +%Y%m%d_%H%M%S)"
mv "$app/backend.new" "$app/backend"
systemctl start lingzhi-backend
REMOTE

deadline=$((SECONDS + 60))
until curl -fsS --max-time 5 -H "Authorization: Bearer $API_TOKEN" "https://$host/api/version" |
  grep -qF "\"release\": \"$release\""; do
  if ((SECONDS > deadline)); then
    echo "$host: release $release does not answer within 60 s" >&2
    exit 1
  fi
  sleep 0.5
done

cat >>rollback.log <<EOF
$(date -u +%FT%TZ) $host: backend rolled back to $name, $release answers
EOF
