#!/bin/bash
site=/var/www/lingzhi-ecosystem
# H16: the same for the site: the page is back, and its folders and dotfiles are the bad release's.
cp -p "/opt/lingzhi-ecosystem/backups/$1"/* "$site/"
systemctl reload nginx
curl -sk -o /dev/null -w '%{http_code}\n' -H 'Host: www.lingzhi.example' https://127.0.0.1/
echo "Rollback complete"
