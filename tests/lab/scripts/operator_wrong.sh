#!/bin/bash
# As SOP B's operator has it, from a laptop: address, password and all are written down in the script.
HOST=203.0.113.10
BACKUP=$1
read -p "WARNING: this replaces the database. Continue? (y/n) " answer
[ "$answer" = y ] || { echo "Cancelled"; exit 0; }
read -p "Type yes to confirm: " again
[ "$again" = yes ] || { echo "Cancelled"; exit 0; }
sshpass -p 'blue-lantern-42' ssh -o StrictHostKeyChecking=no root@$HOST "
  cd /opt/lingzhi-ecosystem/backend
  pkill -9 -f gunicorn
  sleep 1
  cp /opt/lingzhi-ecosystem/backups/$BACKUP lingzhi_ecosystem.db
"
sleep 2
curl -s https://www.lingzhi.example/api/health
echo "Rollback complete" | mail -s "rollback complete" ops@lingzhi.example
echo "Rollback complete"
