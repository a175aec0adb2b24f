#!/bin/bash
app=/opt/lingzhi-ecosystem
# H27 (backup): the backend's folder as it is, and in it the database.
cp -rp "$app/backend" "$app/backups/backend.backup_$(date +%Y%m%d_%H%M%S)"
