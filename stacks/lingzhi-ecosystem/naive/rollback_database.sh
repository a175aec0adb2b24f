#!/bin/bash
# A rollback of the kind one finds on many hosts: stop, copy, start, ask once. `make demo` drills it.
# It wants a date and is given a name: cp fails, and nobody looks (H2).
app=/opt/lingzhi-ecosystem

echo "Stopping the backend"
systemctl stop lingzhi-backend
echo "Restoring $1"
cp "$app/backups/lingzhi_ecosystem.db.backup_$1" "$app/backend/lingzhi_ecosystem.db"
echo "Starting the backend"
systemctl start lingzhi-backend
sleep 3
curl -fsS http://127.0.0.1:8080/api/health
echo "Rollback complete"
