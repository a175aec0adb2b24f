#!/bin/sh
# Makes a host of Debian: install.sh STACK DASHBOARD-PORT. Its user, its units, its own venv, which sees the packages.
set -eu
stack=$1 dashboard=$2 root=/opt/$1

useradd --system --user-group --home-dir /nonexistent --no-create-home --shell /usr/sbin/nologin "$stack"
install -d "$root"
python3 -m venv --system-site-packages --without-pip "$root/venv"
printf '%s\n' "#!$root/venv/bin/python" 'import sys' 'from streamlit.web.cli import main' 'sys.exit(main())' \
  > "$root/venv/bin/streamlit"
chmod 755 "$root/venv/bin/streamlit"

rm /etc/ssh/ssh_host_*  # each host has keys of its own
ssh-keygen -q -A
cp /opt/credit-risk/host/sshd.conf "/etc/ssh/sshd_config.d/$stack.conf"
for unit in /opt/credit-risk/host/units/*; do
  name=$(basename "$unit" | sed "s/@STACK@/$stack/")
  sed "s/@STACK@/$stack/g; s/@DASHBOARD@/$dashboard/g" "$unit" > "/etc/systemd/system/$name"
done
systemctl enable ssh.service "$stack.service" "$stack-dashboard.service" "$stack-backup.timer"
