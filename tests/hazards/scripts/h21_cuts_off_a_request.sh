#!/bin/bash
app=/opt/lingzhi-ecosystem
# H21's kind: the service is killed and not stopped, so that who waits for an answer gets none.
systemctl kill -s KILL lingzhi-backend
systemctl stop lingzhi-backend
find "$app/backend" -mindepth 1 -maxdepth 1 ! -name "lingzhi_ecosystem.db*" ! -name server.log -exec rm -r {} +
cp -a "$app/backups/$1/." "$app/backend/"
systemctl start lingzhi-backend
until curl -fs http://127.0.0.1:8080/api/health; do sleep 0.2; done
echo "Rollback complete"
