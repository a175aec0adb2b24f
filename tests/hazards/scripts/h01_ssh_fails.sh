#!/bin/bash
app=/opt/lingzhi-ecosystem
# H1: the key is the old one and ssh does nothing; the health asked afterwards is the bad release's own.
ssh -i "$app/old_key" -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null root@127.0.0.1 "
  systemctl stop lingzhi-backend
  cp -a $app/backups/$1/. $app/backend/
  systemctl start lingzhi-backend"
sleep 1
curl -s http://127.0.0.1:8080/api/health
echo "Rollback complete"
