#!/bin/bash
app=/opt/lingzhi-ecosystem; db=$app/backend/lingzhi_ecosystem.db
# H12 (backup): a passive checkpoint stops at the first reader, and says so only in what nobody reads.
sqlite3 "$db" "PRAGMA wal_checkpoint"
cp "$db" "$app/backups/lingzhi_ecosystem.db.backup_$(date +%Y%m%d_%H%M%S)"
