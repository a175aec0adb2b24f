#!/usr/bin/env bash
# rollback_db.sh [db] [timestamp]
DB=${1:-credit_risk.db}
TS=${2}
BACKUP="backups/$(basename $DB .db)_${TS}.db"
if [ ! -f "$BACKUP" ]; then
  echo "not found"; ls backups/*.db
  exit 1
fi
cp "$DB" "backups/$(basename $DB .db)_pre_rollback_$(date +%Y%m%d_%H%M%S).db"
pkill -f "python main.py"
pkill -f "streamlit run"
sleep 2
cp "$BACKUP" "$DB"
sqlite3 "$DB" "PRAGMA integrity_check;"
sqlite3 "$DB" "SELECT COUNT(*) FROM loan_staging;"
python main.py &
