#!/bin/bash
app=/opt/lingzhi-ecosystem; db=$app/backend/lingzhi_ecosystem.db
# H3: whatever is not y cancels, and a cancelled rollback exits 0.
read -r -p "Roll the database back to $1? (y/n) " answer
if [ "$answer" != y ]; then
  echo "Cancelled."
  exit 0
fi
systemctl stop lingzhi-backend
cp "$app/backups/$1" "$db"
systemctl start lingzhi-backend
