#!/bin/bash
app=/opt/lingzhi-ecosystem; db=$app/backend/lingzhi_ecosystem.db
# H5, H6: a killed process leaves its -wal, and SQLite lays it over the file that was copied in.
systemctl kill -s KILL lingzhi-backend
systemctl stop lingzhi-backend
cp "$app/backups/$1" "$db"
systemctl start lingzhi-backend
sleep 1
curl -s http://127.0.0.1:8080/api/health
echo "Rollback complete"
