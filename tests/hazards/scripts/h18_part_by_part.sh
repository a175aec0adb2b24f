#!/bin/bash
app=/opt/lingzhi-ecosystem; db=$app/backend/lingzhi_ecosystem.db
# H18: the backend goes back alone, under the new release's schema; each part looks at itself and is content.
systemctl stop lingzhi-backend
find "$app/backend" -mindepth 1 -maxdepth 1 ! -name "lingzhi_ecosystem.db*" ! -name server.log -exec rm -r {} +
cp -a "$app/backups/$1/." "$app/backend/"
systemctl start lingzhi-backend
sleep 1
echo "Backend: $(curl -s http://127.0.0.1:8080/api/health)"
echo "Database: $(sqlite3 "$db" 'PRAGMA integrity_check')"
echo "Site: $(curl -sk -o /dev/null -w '%{http_code}' -H 'Host: www.lingzhi.example' https://127.0.0.1/)"
echo "Rollback complete"
