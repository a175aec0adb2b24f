#!/bin/bash
# Restores the database from a backup while nobody has it open: rollback_database.sh NAME
set -euo pipefail

app=/opt/lingzhi-ecosystem
db=$app/backend/lingzhi_ecosystem.db
unit=lingzhi-backend

die() { printf 'rollback_database: %s\n' "$*" >&2; exit 1; }

whole() { [ "$(sqlite3 "file:$1?mode=ro" 'PRAGMA integrity_check')" = ok ]; }

if [ $# -ne 1 ]; then
  echo "usage: rollback_database.sh NAME; there are:" >&2
  ls "$app/backups" >&2
  exit 2
fi
backup=$app/backups/$1
[ -s "$backup" ] || die "$backup: no such backup"
whole "$backup" || die "$backup: damaged; choose another"

echo "This replaces $db by $1. Every write since then is lost."
read -r -p "Type yes to go on: " answer
[ "$answer" = yes ] || die "cancelled; nothing was changed"

systemctl stop "$unit"
if fuser "$db" "$db-wal" "$db-shm" 2>/dev/null; then
  systemctl start "$unit"
  die "$db: somebody else has it open; nothing was changed"
fi

# What is there now is kept, so that the rollback can be rolled back.
stamp=$(date +%Y%m%d_%H%M%S)
kept=$db.before_rollback_$stamp
sqlite3 "$db" '.timeout 5000' ".backup '$kept'"
[ "$(sqlite3 "$kept" 'PRAGMA quick_check')" = ok ] || echo "note: the present state is damaged, and kept as it is"

cp --preserve=all "$backup" "$db.new"
cmp "$backup" "$db.new"
chown --reference="$db" "$db.new"
chmod --reference="$db" "$db.new"
sync "$db.new"
rm -f "$db-wal" "$db-shm"
mv "$db.new" "$db"
sync "$(dirname "$db")"
result=$(sqlite3 "$db" 'PRAGMA integrity_check')
if [ "$result" != ok ]; then
  die "$db: $result; the state before is $kept"
fi
systemctl start "$unit"

tries=0
while ! curl -fsS --max-time 5 http://127.0.0.1:8080/api/health | grep -q '"ok"'; do
  tries=$((tries + 1))
  [ "$tries" -lt 60 ] || die "$unit: not healthy within 30 s; see journalctl -u $unit"
  sleep 0.5
done
systemctl is-active --quiet "$unit" || die "$unit: not active"
ss -Hltn 'sport = :8080' | grep -q . || die "port 8080: nobody listens"
echo "Restored $1; the state before is $kept"
