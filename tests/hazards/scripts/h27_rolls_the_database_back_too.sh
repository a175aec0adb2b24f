#!/bin/bash
app=/opt/lingzhi-ecosystem
# H27: the backend goes back to its backup, and the database that lies in it goes with it, unasked and unsaid.
systemctl stop lingzhi-backend
find "$app/backend" -mindepth 1 -delete
cp -a "$app/backups/$1/." "$app/backend/"
systemctl start lingzhi-backend
sleep 1
curl -s http://127.0.0.1:8080/api/health
echo "Rollback complete"
