#!/bin/bash
set -e
app=/opt/lingzhi-ecosystem
# H21: a right rollback is called a failed one where the start takes longer than the sleep (exit 0 only on a fast host).
systemctl stop lingzhi-backend
find "$app/backend" -mindepth 1 -maxdepth 1 ! -name "lingzhi_ecosystem.db*" ! -name server.log -exec rm -r {} +
cp -a "$app/backups/$1/." "$app/backend/"
systemctl start --no-block lingzhi-backend
sleep 3
curl -fsS http://127.0.0.1:8080/api/health
echo "Rollback complete"
