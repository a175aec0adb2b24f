#!/bin/bash
app=/opt/lingzhi-ecosystem
# H25: the results are ticked in the script, the date is not filled in, and > server.log erases the evidence.
systemctl stop lingzhi-backend
cp -a "$app/backups/$1" "$app/backend"
> "$app/backend/server.log"
systemctl start lingzhi-backend
cat > "$app/ROLLBACK_LOG_$(date +%Y%m%d_%H%M%S).md" <<'EOF'
Rollback of $(date)
- [x] restored  - [x] health 200  - [x] login works  - [x] users told
EOF
echo "Rollback complete, logged"
