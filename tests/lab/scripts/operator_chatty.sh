#!/bin/bash
# Tells everybody its password, in every way that scripts do, and rolls nothing back.
set -x
sshpass -p "$SSHPASS" ssh root@203.0.113.10 true
set +x
echo "https://ops:$SSHPASS@www.lingzhi.example/"
echo -n "ops:$SSHPASS" | base64
echo "${SSHPASS:0:7}" >&2
echo "${SSHPASS:7}" >&2
sshpass -e ssh root@203.0.113.10 "echo '$SSHPASS' > /etc/motd"
echo "Rollback complete"
