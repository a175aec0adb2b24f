#!/bin/bash
# The same operator, who looks at what happened: every step may fail, and then the script does.
set -euo pipefail
host=203.0.113.10
backup=${1:?usage: operator_right.sh BACKUP}
read -rp "This replaces the database. Continue? (y/n) " answer
[ "$answer" = y ] || { echo "cancelled"; exit 3; }
read -rp "Type yes to confirm: " again
[ "$again" = yes ] || { echo "cancelled"; exit 3; }
echo "back to $backup" | mail -s "rollback starts" ops@lingzhi.example
sshpass -e ssh root@"$host" /opt/rollback/rollback.py database --yes "$backup"
for _ in $(seq 50); do
  if curl -fsS https://www.lingzhi.example/api/version | grep -q '"release": *"1.0.0"\|"release": *"1.1.0"'; then
    echo "rolled back to $backup"
    exit 0
  fi
  sleep 0.2
done
echo "the service does not answer by the release that it must" >&2
exit 1
