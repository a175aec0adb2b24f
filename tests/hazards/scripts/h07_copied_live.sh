#!/bin/bash
app=/opt/lingzhi-ecosystem; db=$app/backend/lingzhi_ecosystem.db
# H7 (backup): the file alone is copied while everything stands in the -wal.
cp "$db" "$app/backups/lingzhi_ecosystem.db.backup_$(date +%Y%m%d_%H%M%S)"
