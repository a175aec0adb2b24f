#!/bin/bash
app=/opt/lingzhi-ecosystem
# No hazard (backup): the backend without its database and its log.
backup=$app/backups/backend.backup_$(date +%Y%m%d_%H%M%S)
mkdir "$backup"
tar -C "$app/backend" --exclude='./lingzhi_ecosystem.db*' --exclude=./server.log -c . | tar -C "$backup" -xp
