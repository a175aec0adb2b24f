"""Each rule fires on its hazard, by line, and not on what only looks like it."""

from __future__ import annotations

import pytest

from fixtures.lint.rules import all_rules
from fixtures.lint.syntax import parse

DB = "db=/opt/app/credit_risk.db\n"

# A rule, a script, and the lines at which it must fire.
FIRES = [
    ("pkill -f", "pkill -f gunicorn", [1]),
    ("pkill -f", "echo stop\nsudo -n pkill -9 -f 'python main.py'", [2]),
    ("pkill -f", "pkill --full gunicorn\nkillall gunicorn", [1]),
    ("kill by name", "pkill --full gunicorn\nkillall gunicorn\npkill gunicorn\nkill $(pgrep gunicorn)", [2, 3, 4]),
    ("pkill -f", "kill $(pgrep -f gunicorn)", [1]),
    ("pkill -f", "pgrep -f gunicorn | xargs kill", [1]),
    ("pkill -f", 'ssh root@host "\n  systemctl stop x\n  pkill -f gunicorn"', [3]),
    ("pkill -f", "ssh root@host <<'EOF'\ncd /opt\npkill -f gunicorn\nEOF", [3]),
    ("pkill -f", "cat <<EOF | ssh root@host bash -s\ncd /opt\npkill -f gunicorn\nEOF", [3]),
    ("pkill -f", "ssh root@host pkill -f gunicorn", [1]),
    ("pkill -f", "ssh -p 22 -i key root@host -- 'sudo bash -c \"pkill -f gunicorn\"'", [1]),
    ("pkill -f", 'SSH="ssh -i key root@host"\n$SSH "true\npkill -f gunicorn"', [3]),
    ("pkill -f", 'remote() { ssh root@host "$@"; }\nremote "pkill -f gunicorn"', [2]),
    ("pkill -f", "sshpass -p \"$PW\" ssh root@host 'pkill -f gunicorn'", [1]),
    ("pkill -f", "su -c 'pkill -f gunicorn' app\neval \"pkill -f x\"", [1, 2]),
    ("pkill -f", "ssh h bash -euo pipefail -s -- \"$1\" <<'EOF'\ntrue\npkill -f gunicorn\nEOF", [3]),
    ("pkill -f", "ssh h 'bash -s' \"$1\" <<'EOF'\npkill -f gunicorn\nEOF", [2]),
    ("kill -9", "kill -9 $pid\npkill -KILL gunicorn\nsystemctl kill -s SIGKILL app\nkill -s KILL 1", [1, 2, 3, 4]),
    ("started by hand", "cd app && nohup venv/bin/gunicorn app:app &", [1]),
    ("started by hand", "gunicorn --daemon app:app\nsetsid python main.py &\ncd x && python3 main.py > y &", [1, 2, 3]),
    ("ps | grep", "ps aux | grep gunicorn\nps -ef | grep -v grep | grep gunicorn", [1, 2]),
    ("ps | grep", "if [ -n \"$(ps aux | grep -E 'main.py')\" ]; then true; fi", [1]),
    ("grep for a port", "netstat -tlnp | grep -E '80|8080'", [1]),
    ("grep for a port", "ss -tln | egrep '(80|8080)'\nss -tln | grep 8080\ngrep '80\\|8080' ports", [1, 2, 3]),
    ("nginx untested", "systemctl stop nginx\nservice nginx restart\nnginx -s stop", [1, 2, 3]),
    ("no set -e", "cd /opt\nsystemctl stop x\ncp a b\necho done", [1]),
    ("no set -e", "set -e\ntrue\nssh host 'systemctl stop x; cp a b; systemctl start x'", [3]),
    ("no set -e", "set -e\nset +e\ncp a b\necho done", [3]),
    ("no set -e", "if true; then\n  cp a b\n  echo done\nfi", [2]),
    ("no set -e", "set -e\nssh h bash -s x <<'EOF'\ncp a b\necho done\nEOF", [3]),
    ("no set -e", "set -e\nssh h 'sh -c true; grep -e x y; cp a b; echo done'", [2]),
    ("no set -e", "cp a b || echo failed\necho done", [1]),
    ("no set -e", "restore() {\n  cp a b\n}\nrestore\necho done", [2]),
    ("unchecked ssh", "ssh host true\necho done", [1]),
    ("unchecked ssh", "set -e\nssh host make | tee log", [2]),
    ("unchecked ssh", 'set -e\nssh host true || true\necho "$(ssh host uptime)"', [2, 3]),
    ("unchecked ssh", "set -e\nssh host true && echo done\ntrue", [2]),
    ("unchecked ssh", "set -e\nexport X=$(ssh host cat x)\nscp a host:b &\nwait", [2, 3]),
    (
        "unchecked ssh",
        "ssh h <<EOF\nls\nEOF\nssh h <<EOF | tee log\nls\nEOF\nssh h <<EOF || true\nls\nEOF\ntrue",
        [1, 4, 7],
    ),
    ("exit 0 on cancel", 'read -p "? " a\nif [ "$a" != y ]; then\n  echo no\n  exit 0\nfi\ncp a b', [4]),
    ("exit 0 on cancel", 'read a\n[ "$a" = yes ] || { echo no; exit 0; }\ncp a b', [2]),
    ("exit 0 on cancel", 'read a\n[ "$a" != yes ] && exit\ncp a b', [2]),
    ("exit 0 on cancel", "read\nif [[ ! $REPLY =~ ^[Yy]$ ]]; then exit; fi\ncp a b", [2]),
    ("exit 0 on cancel", "read a\ncase $a in\n  y) ;;\n  *) echo no; exit 0 ;;\nesac\ncp a b", [4]),
    ("exit 0 on cancel", 'read a\nif [ "$a" = y ]; then\n  cp a b\nelse\n  echo no\nfi', [5]),
    ("exit 0 without a version", 'if [ -z "$1" ]; then\n  ls backups\n  exit 0\nfi\ncp a b', [3]),
    ("exit 0 without a version", "v=${1:-}\n[ -z $v ] && { ls; exit 0; }\nif [ $# -eq 0 ]; then exit 0; fi", [2, 3]),
    ("cp over a database", DB + 'cp "$backup" "$db"', [2]),
    ("cp over a database", 'cp -p "backups/$1" "${DB_PATH}"\ncat x.gz > a/app.sqlite3', [1, 2]),
    ("cp over a database", "cp backups/credit_risk.db .\nscp x root@host:/opt/app/a.db\ngunzip -c x > a.db", [1, 2, 3]),
    ("cp over a database", DB + 'ssh host "\n  cp b $db"', [3]),
    ("cp of a live database", DB + 'cp "$db" "backups/credit_risk_$(date +%s).db"', [2]),
    ("bare wal_checkpoint", 'sqlite3 a.db "PRAGMA wal_checkpoint"', [1]),
    (
        "bare wal_checkpoint",
        "sqlite3 a.db <<EOF\nPRAGMA wal_checkpoint;\nEOF\nsqlite3 a.db 'pragma WAL_CHECKPOINT(PASSIVE)'",
        [1, 4],
    ),
    ("bare wal_checkpoint", "echo 'PRAGMA wal_checkpoint;' | sqlite3 a.db", [1]),
    ("integrity unread", "sqlite3 a.db 'PRAGMA integrity_check'\necho $(sqlite3 a.db 'PRAGMA quick_check')", [1, 2]),
    ("integrity unread", "set -e\nr=$(sqlite3 a.db 'PRAGMA integrity_check')\necho \"$r\"", [2]),
    ("integrity unread", "sqlite3 a.db 'PRAGMA integrity_check' && echo whole", [1]),
    ("backup unread", DB + 'cp x "$db"\nmv y.new "$db"', [2, 3]),
    ("backup unread", DB + 'cp x "$db"\nsqlite3 "$db" \'PRAGMA integrity_check\'', [2]),
    ("cp without -r", 'cp -p "$b"/* .\ncp backup/. site/\ncp b/* c/', [1, 2, 3]),
    ("copied over", 'cp -r "backups/$1/." /var/www/site/\nrsync -a b/ /var/www/site/', [1, 2]),
    ("copied over", "cd /var/www/site && cp -r /backups/x/* .", [1]),
    ("copied over", "ssh host 'cd /opt/app\ncp -r b/* .'", [2]),
    (
        "nothing restarted",
        'systemctl stop x\ncp "b/config_$1.yaml" config/config.yaml\nmv m.new current_model.pkl',
        [2, 3],
    ),
    ("> server.log", "> server.log\n: > app/server.log\nx >server.log 2>&1 &\ntruncate -s 0 server.log", [1, 2, 3, 4]),
    ("> server.log", 'cp /dev/null server.log\nrm -f server.log\nlog=/opt/server.log\necho > "$log"', [1, 2, 4]),
    ("quoted heredoc", "cat > log.md <<'EOF'\nat\n$(date)\nEOF", [3]),
    ("quoted heredoc", 'who=me\ncat <<"EOF" | tee log.md\nby $who, ${1}\nEOF', [3]),
    ("quoted heredoc", "b=x\nssh host <<'EOF'\ncd /opt\ncp -r $b y\nEOF\nssh host 'ls $b'", [4, 6]),
    ("ticked beforehand", "cat > log.md <<EOF\nresults\n- [x] site\nEOF\necho '- [X] api' >> log.md", [3, 5]),
    ("password in clear", "export SSHPASS='hunter22'\nPGPASSWORD=hunter22 psql x\nSSHPASS=$1", [1, 2]),
    ("password in clear", "PASSWORD=hunter22\nexport API_TOKEN='abc'\nDB_PASS=\"x\"", [1, 2, 3]),
    (
        "password in clear",
        "sshpass -p hunter22 ssh h true\nsshpass -phunter22 ssh h true\ncurl -u me:hunter22 x",
        [1, 2, 3],
    ),
    ("password in clear", 'curl -d \'{"username":"me","password":"hunter22"}\' x\nmysql -phunter22 x', [1, 2]),
    (
        "password in clear",
        "curl -H 'Authorization: Bearer abcdef1234' x\ngit clone https://me:hunter22@host.example/x",
        [1, 2],
    ),
    ("password in clear", "cat > .env <<EOF\nA=1\nSECRET=hunter22\nEOF\nssh h 'PASSWORD=hunter22 run'", [3, 5]),
    ("default of now", 'ts=${1:-$(date +%s)}\ncp "backups/x_$ts.db" "$db"', [1]),
    ("default of now", 'cp -r backup_`date +%F`/. site/\ntar -xzf "b_$(date +%F).tgz" -C site', [1, 2]),
    ("default of now", 'ts=$1\nif [ -z "$ts" ]; then\n  ts=$(date +%s)\nfi\nb=backups/$ts\nssh h "cp -r $b/* /x"', [3]),
    ("sleep as readiness", "systemctl start x\nsleep 3\ncurl -f http://127.0.0.1/", [2]),
    ("sleep as readiness", "pkill x\nsleep 2\nrm -r site", [2]),
    ("sleep as readiness", "echo wait\nsleep 5\nsystemctl is-active x", [2]),
    ("sleep as readiness", "ssh host 'nohup gunicorn x &'\nsleep 3\necho done", [2]),
]

# What is right, or is no command at all: the rule says nothing.
SILENT = [
    ("no set -e", "set -e\nssh h bash -euo pipefail -s -- x <<'EOF'\ncp a b\necho done\nEOF"),
    ("no set -e", "set -e\nssh h 'sudo bash -se' <<'EOF'\ncp a b\necho done\nEOF\nbash -ec 'cp a b; echo done'"),
    ("no set -e", 'set -e\non() { ssh h "$@"; }\non bash -se x <<EOF\ncp a b\necho done\nEOF'),
    ("pkill -f", 'echo "never pkill -f gunicorn"\n# pkill -f x\npkill -F /run/x.pid\npkill -x x\npgrep -f gunicorn'),
    ("pkill -f", "cat > notes.md <<EOF\npkill -f gunicorn\nEOF\nssh h 'cat > notes' <<EOF\npkill -f x\nEOF"),
    ("pkill -f", "grep -q 'pkill -f' script.sh\nssh host \"echo 'pkill -f x'\""),
    ("kill -9", "kill $pid\nkill -TERM 9\nkill -0 99\nsystemctl kill -s HUP app\necho kill -9"),
    (
        "started by hand",
        "systemctl start gunicorn\nnohup ./report &\npython3 report.py &\ngunicorn --check-config app:app",
    ),
    ("ps | grep", 'ps -o pid= -p "$pid" | grep -q .\nps -C gunicorn | grep -c .\necho "ps | grep"\nps aux > scene'),
    ("grep for a port", "ss -tln | grep -E ':(80|8080) '\ngrep 8080 notes\nss -tln | grep LISTEN\ngrep -E '80|ok' x"),
    ("nginx untested", "nginx -t\nsystemctl restart nginx\nsystemctl stop nginx"),
    ("nginx untested", "systemctl reload nginx\nsystemctl stop app\nsystemctl status nginx"),
    ("no set -e", "set -euo pipefail\ncd /opt\ncp a b\necho done"),
    ("no set -e", "#!/bin/bash -eu\ncp a b\necho done"),
    ("no set -e", "set -o errexit\ncp a b\nssh host 'set -e; cp a b; true'\nssh host 'cp a b && true'"),
    ("no set -e", "trap 'exit 1' ERR\ncp a b\necho done"),
    ("no set -e", "cp a b || exit 1\nif ! cp a b; then exit 1; fi\nmkdir x && cp a x/ || exit 1\ncp a b"),
    ("no set -e", "cp a b\nstatus=$?\nps aux | grep x | head -1"),
    ("no set -e", "restore() {\n  cp a b\n}\nrestore || exit 1\necho done"),
    ("unchecked ssh", "ssh host true || exit 1\nif ! ssh host true; then exit 1; fi\nssh host true"),
    (
        "unchecked ssh",
        "set -eo pipefail\nssh host true\nx=$(ssh host cat x)\nssh host make | tee log\nuntil ssh h true; do :; done",
    ),
    ("unchecked ssh", 'set -e\nlocal_x() {\n  ssh host true\n}\nlocal_x\n[ "$(ssh host cat x)" = y ]\necho ssh host'),
    ("unchecked ssh", "ssh h <<EOF || exit 1\nls\nEOF\ncat <<EOF | ssh h bash || exit 1\nls\nEOF\ntrue"),
    ("exit 0 on cancel", 'read a\nif [ "$a" != y ]; then\n  echo no\n  exit 1\nfi\ncp a b\nexit 0'),
    (
        "exit 0 on cancel",
        'read a\n[ "$a" = y ] || exit\n[ "$a" = y ] || exit 3\nif [ "$a" = y ]; then cp a b; exit 0; fi',
    ),
    ("exit 0 on cancel", 'if [ "$1" = --help ]; then echo usage; exit 0; fi\nread a\necho "$a"'),
    ("exit 0 without a version", 'if [ -z "$1" ]; then ls; exit 2; fi\nif [ "$1" = -h ]; then echo usage; exit 0; fi'),
    (
        "cp over a database",
        DB + 'cp "$backup" "$db.new"\nmv "$db.new" "$db"\ncp "$db" "backups/x.db"\ncp a.db /tmp/a.db',
    ),
    ("cp over a database", 'work=side/a.db\ncp "$b" "$work"\nmv "$work" live/\ncp notes.md docs/\necho cp a b.db'),
    ("cp of a live database", DB + 'systemctl stop x\ncp "$db" "$db.before"\ncp "backups/a.db" x.new'),
    (
        "bare wal_checkpoint",
        "sqlite3 a.db 'PRAGMA wal_checkpoint(TRUNCATE)'\nsqlite3 a.db 'PRAGMA wal_checkpoint = FULL'",
    ),
    (
        "bare wal_checkpoint",
        "# PRAGMA wal_checkpoint\nsqlite3 a.db '-- no wal_checkpoint\nSELECT 1'\necho wal_checkpoint",
    ),
    (
        "integrity unread",
        "[ \"$(sqlite3 a.db 'PRAGMA integrity_check')\" = ok ]\nsqlite3 a.db 'PRAGMA integrity_check' | grep -qx ok",
    ),
    (
        "integrity unread",
        "r=$(sqlite3 a.db 'PRAGMA integrity_check')\nif [ \"$r\" != ok ]; then exit 1; fi\necho integrity_check",
    ),
    ("integrity unread", "case $(sqlite3 a.db 'PRAGMA quick_check') in ok) ;; *) exit 1 ;; esac"),
    ("kill by name", "pkill -P $$\npkill -f gunicorn\npkill -F /run/app.pid"),
    ("backup unread", DB + '[ "$(sqlite3 x \'PRAGMA integrity_check\')" = ok ]\nmv x.new "$db"'),
    ("cp without -r", "cp -a b/. c/\ncp -pr b/* c/\ncp --recursive b/* c/\ncp b/*.yaml c/\ncp a b\necho cp b/* c/"),
    ("copied over", 'rm -rf "$site.new"\ncp -a "b/$1" "$site.new"\nmv "$site.new" "$site"\nrsync -a --delete b/ site/'),
    ("copied over", "rm -rf /var/www/site\ncp -r b/. /var/www/site\ncp -a site backups/x\ncp -a a.yaml b.yaml"),
    ("copied over", "cd /var/www/site\nrm -rf ./*\ncp -r /b/. .\nfind /x -mindepth 1 -delete\ncp -r /b/. /x/"),
    ("nothing restarted", "cp b/config_1.yaml config/config.yaml\nsystemctl restart x\n"),
    ("nothing restarted", "cp config/config.yaml backups/config/c.yaml\ncp m.pkl m.pkl.before_$1"),
    ("> server.log", 'echo x >> server.log\ncp server.log scene/\nlog=run_$(date +%F).log\n: > "$log"\nls > list.txt'),
    (
        "quoted heredoc",
        "cat > log.md <<EOF\n$(date)\nEOF\ncat > x.sh <<'EOF'\n$(date)\nEOF\ncat <<'EOF'\n$host costs 5 $\nEOF",
    ),
    ("quoted heredoc", "ssh host <<'EOF'\nb=1\ncp $b x$(date)\nEOF\npython3 <<'EOF'\n$(x)\nEOF\nssh h 'echo $HOME'"),
    ("ticked beforehand", "cat > log.md <<EOF\n- [ ] site\n- [$r] api\nEOF\nif [ x ]; then true; fi\n[[ $a == [xX] ]]"),
    (
        "password in clear",
        'PASSWORD=${PASSWORD:?}\nPASSWORD_FILE=/etc/x\ntoken=$(cat t)\ncurl -u "me:$PASSWORD" x\nPASSWORD=',
    ),
    (
        "password in clear",
        'sshpass -p "$PW" ssh h true\nsshpass -f pw ssh h true\ncurl -d "{\\"password\\":\\"$PW\\"}" x',
    ),
    (
        "password in clear",
        'curl -H "Authorization: Bearer $TOKEN" x\npass=/etc/x\necho "password: none"\nread -s -p password: p',
    ),
    ("default of now", 'ts=$(date +%s)\ncp "$live" "$live.before_$ts"\nmv "$live.before_$ts" "$live"\necho "$ts"'),
    (
        "default of now",
        'cp "backups/$1" x\nlog=${LOG:-log_$(date +%F)}\necho "$(date)" >> "$log"\ncp a "$(date -d "$1" +%F)/x"',
    ),
    ("sleep as readiness", "until curl -f x; do sleep 1; done\nfor i in 1 2 3; do curl x && break; sleep 1; done"),
    ("sleep as readiness", "(sleep 3; systemctl start x) &\necho sleep 3"),
]


def lines(name: str, script: str) -> list[int]:
    rule = all_rules()[name]
    return sorted({line for each in parse(script.encode()).scripts() for line in rule.find(each)})


@pytest.mark.parametrize(("name", "script", "expected"), FIRES)
def test_fires(name: str, script: str, expected: list[int]) -> None:
    assert lines(name, script) == expected


@pytest.mark.parametrize(("name", "script"), SILENT)
def test_is_silent(name: str, script: str) -> None:
    assert lines(name, script) == []


def test_every_rule_is_seen_to_fire_and_seen_to_be_silent() -> None:
    assert {name for name, _, _ in FIRES} == {name for name, _ in SILENT} == set(all_rules())


@pytest.mark.parametrize("name", sorted(all_rules()))
def test_why_and_mend_are_parts_of_one_sentence(name: str) -> None:
    rule = all_rules()[name]
    for text in (rule.why, rule.mend):
        assert text.strip() == text
        assert not text.endswith(".")
        assert text[0].islower()
    assert len(rule.why) < 110
