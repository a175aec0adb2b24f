#!/bin/bash
app=/opt/lingzhi-ecosystem; db=$app/backend/lingzhi_ecosystem.db
# H10: the pattern is not the command line that runs: the writer lives on through the restore.
pkill -f "gunicorn app:app"
cp "$app/backups/$1" "$db"
sleep 1
curl -s http://127.0.0.1:8080/api/health
echo "Rollback complete"
