#!/bin/bash
app=/opt/lingzhi-ecosystem; db=$app/backend/lingzhi_ecosystem.db
# H5: the service is stopped in order, but somebody else has the file open: the -wal stays.
systemctl stop lingzhi-backend
cp "$app/backups/$1" "$db"
systemctl start lingzhi-backend
sleep 1
curl -s http://127.0.0.1:8080/api/health
echo "Rollback complete"
