#!/bin/bash
# The backend, from a laptop, as such procedures are often written.
SERVER="root@203.0.113.10"
TIMESTAMP=${1:-$(date +%Y%m%d_%H%M%S)}
BACKUP_DIR="/opt/lingzhi-ecosystem/backend_backup_$TIMESTAMP"

echo "=== Backend rollback ==="
read -p "Roll back? (y/n): " confirm
if [ "$confirm" != "y" ]; then
    echo "Cancelled"
    exit 0
fi

# 1
echo "Stopping the service"
ssh $SERVER "pkill -f gunicorn"
sleep 2

# 2
ssh $SERVER "cd /opt/lingzhi-ecosystem/backend && cp -r $BACKUP_DIR/* ."
ssh $SERVER "cp $BACKUP_DIR/* /var/www/html/"

# 3
ssh $SERVER << 'ENDSSH'
cd /opt/lingzhi-ecosystem/backend
source venv/bin/activate
> server.log
nohup gunicorn -w 1 -b 0.0.0.0:8080 app:app > server.log 2>&1 &
ENDSSH
sleep 3
ssh $SERVER "ps aux | grep gunicorn | grep -v grep"
ssh $SERVER "netstat -tlnp | grep -E '80|8080'"
curl -X POST http://203.0.113.10/api/login -H "Content-Type: application/json" -d '{"username":"operator","password":"hunter22"}'
cat > ROLLBACK_LOG_$TIMESTAMP.md << 'EOF'
# Rollback
Time: $(date)
Backup: $BACKUP_DIR
EOF
echo "Done"
