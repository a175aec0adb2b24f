#!/bin/bash
app=/opt/lingzhi-ecosystem
# H17: the same for the backend: the bad release's packages and dotfiles stay.
systemctl stop lingzhi-backend
cp -rp "$app/backups/$1/." "$app/backend/"
systemctl start lingzhi-backend
sleep 1
curl -s http://127.0.0.1:8080/api/health
echo "Rollback complete"
