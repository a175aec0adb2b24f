#!/bin/bash
DB_NAME="lingzhi_ecosystem.db"
SERVER=root@203.0.113.10
TIMESTAMP=$1
if [ -z "$TIMESTAMP" ]; then
  TIMESTAMP=$(date +%Y%m%d_%H%M%S)
fi
read -p "WARNING (yes/no): " a
[[ "$a" == "yes" ]] || { echo "cancelled"; exit 0; }
sshpass -p 'hunter22' ssh -o StrictHostKeyChecking=no $SERVER "
  pkill -f 'gunicorn.*8080'
  cd /opt/lingzhi-ecosystem/backend
  cp $DB_NAME $DB_NAME.before_rollback_\$(date +%s)
  cp $DB_NAME.backup_$TIMESTAMP $DB_NAME
  sqlite3 $DB_NAME 'PRAGMA wal_checkpoint'
  nohup venv/bin/gunicorn -w 1 -b 0.0.0.0:8080 app:app > server.log 2>&1 &
"
