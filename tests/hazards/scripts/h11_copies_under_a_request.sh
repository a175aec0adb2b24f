#!/bin/bash
app=/opt/lingzhi-ecosystem; db=$app/backend/lingzhi_ecosystem.db
# H11: a request is in its transaction while the file is copied; it commits into what was restored.
cp "$app/backups/$1" "$db"
systemctl restart lingzhi-backend
sleep 1
curl -s http://127.0.0.1:8080/api/health
echo "Rollback complete"
