#!/bin/bash
app=/opt/lingzhi-ecosystem
# H4: systemd brings the bad code back into memory before the copy; a second one, started by hand, finds the port taken.
pkill -f "gunicorn.*8080"
sleep 2
find "$app/backend" -mindepth 1 -maxdepth 1 ! -name "lingzhi_ecosystem.db*" ! -name server.log -exec rm -r {} +
cp -a "$app/backups/$1/." "$app/backend/"
cd "$app/backend" && PYTHONDONTWRITEBYTECODE=1 nohup venv/bin/gunicorn -w 1 -b 0.0.0.0:8080 app:app >/dev/null 2>&1 &
sleep 1
curl -s http://127.0.0.1:8080/api/health
echo "Rollback complete"
