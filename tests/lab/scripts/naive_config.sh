#!/bin/bash
# As many write it: right as long as nothing goes wrong. The configuration is copied over the one that is in use.
app=/opt/credit-one/app
cp "$app/backups/config/$1" "$app/config/config.yaml"
systemctl restart credit-one credit-one-dashboard
sleep 3
echo "Rollback complete"
