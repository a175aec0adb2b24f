#!/bin/bash
# As many write it: right as long as nothing goes wrong. The site is removed, and copied anew.
site=/var/www/lingzhi-ecosystem
rm -rf "$site"
cp -rp "/opt/lingzhi-ecosystem/backups/$1" "$site"
systemctl reload nginx
echo "Rollback complete"
