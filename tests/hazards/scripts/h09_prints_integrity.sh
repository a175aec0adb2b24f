#!/bin/bash
app=/opt/lingzhi-ecosystem; db=$app/backend/lingzhi_ecosystem.db
# H9: the integrity is printed, and nobody reads what it says.
systemctl stop lingzhi-backend
rm -f "$db-wal" "$db-shm"
cp "$app/backups/$1" "$db"
sqlite3 "$db" "PRAGMA integrity_check(3)"
systemctl start lingzhi-backend
sleep 1
curl -fsS http://127.0.0.1:8080/api/health
echo "Integrity checked, rollback complete"
