#!/bin/bash
site=/var/www/lingzhi-ecosystem
# H19: nginx is stopped before anybody has asked whether it would start again.
systemctl stop nginx
find "$site" -mindepth 1 -delete
cp -a "/opt/lingzhi-ecosystem/backups/$1/." "$site/"
systemctl start nginx
curl -s http://127.0.0.1:8080/api/health
echo "Rollback complete"
