#!/bin/bash
app=/opt/lingzhi-ecosystem; db=$app/backend/lingzhi_ecosystem.db
# H7, H8, H12, H13: the restore itself is in order, but nobody looks at what is restored.
systemctl stop lingzhi-backend
systemctl stop report 2>/dev/null
rm -f "$db-wal" "$db-shm"
cp "$app/backups/$1" "$db"
systemctl start lingzhi-backend
sleep 1
curl -s http://127.0.0.1:8080/api/health
echo "Rollback complete"
