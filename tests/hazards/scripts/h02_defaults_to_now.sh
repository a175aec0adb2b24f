#!/bin/bash
app=/opt/lingzhi-ecosystem; db=$app/backend/lingzhi_ecosystem.db
# H2: without a name the backup is the one of this second; nobody looks whether cp found it.
stamp=$(date +%Y%m%d_%H%M%S)
systemctl stop lingzhi-backend
cp "$app/backups/lingzhi_ecosystem.db.backup_$stamp" "$db"
systemctl start lingzhi-backend
sleep 1
curl -s http://127.0.0.1:8080/api/health
echo "Rollback to $stamp complete"
