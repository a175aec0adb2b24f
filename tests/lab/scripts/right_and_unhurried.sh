#!/bin/bash
# A right rollback that a team could have: a whole copy is renamed into place while nobody has the database open (H15).
# It has no way back, knows nothing of the reference procedures, and leaves at once: the service comes up a while later.
set -eu
app=/opt/lingzhi-ecosystem
backup=$app/backups/$1
live=$app/backend/lingzhi_ecosystem.db

[ -s "$backup" ] || { echo "$backup: no such backup; there are:"; ls "$app/backups"; exit 1; }
systemctl stop lingzhi-backend
cp -p "$live" "$live.before_rollback_$(date +%Y%m%d_%H%M%S)"
cp "$backup" "$live.new"
cmp "$backup" "$live.new"
chown --reference="$live" "$live.new"
chmod --reference="$live" "$live.new"
sync "$live.new"
rm -f "$live-wal" "$live-shm" "$live-journal"
mv "$live.new" "$live"
sync "$app/backend"
(sleep 3; systemctl start lingzhi-backend) </dev/null >/dev/null 2>&1 &
echo "Restored $1"
