"""ssh's ProxyCommand into a lab: the bytes to a port go over an attached exec, since a lab has no route from here.

`python -m tests.lab.through_engine CONTAINER HOST PORT`; all else of ssh is real, host keys included.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading

import docker

from fixtures.channel import ChannelClosed, ExecChannel

_CONNECT = 'exec 3<>/dev/tcp/"$0"/"$1" || exit; cat <&3 & cat >&3; kill $!'


def main(container, host, port):
    channel = ExecChannel(docker.from_env(), container, ["bash", "-c", _CONNECT, host, port])
    threading.Thread(target=_send, args=(channel,), daemon=True).start()
    with contextlib.suppress(ChannelClosed):
        while got := channel.receive(None):
            stream, data = got
            os.write(1 if stream == "stdout" else 2, data)


def _send(channel):
    with contextlib.suppress(ChannelClosed):
        while data := os.read(0, 1 << 16):
            channel.send(data)
        channel.end_input()


if __name__ == "__main__":
    main(*sys.argv[1:])
