"""Plants what nothing in a lab may reach: listens on every address of this machine, and prints who came, a line each.

Settings, by argument: the port for TCP; names are waited for on port 53.
"""

import selectors
import socket
import sys

selector = selectors.DefaultSelector()
for family, kind, address, port in (
    (socket.AF_INET6, socket.SOCK_STREAM, "::", int(sys.argv[1])),  # and 0.0.0.0 with it
    (socket.AF_INET6, socket.SOCK_DGRAM, "::", 53),
):
    plant = socket.socket(family, kind)
    plant.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    plant.bind((address, port))
    if kind == socket.SOCK_STREAM:
        plant.listen()
    selector.register(plant, selectors.EVENT_READ)
print("planted", flush=True)
while True:
    for key, _ in selector.select():
        plant = key.fileobj
        if plant.type == socket.SOCK_STREAM:
            connection, (came, *_) = plant.accept()
            connection.close()
            print(f"tcp {came}", flush=True)
        else:
            _, (came, *_) = plant.recvfrom(512)
            print(f"name {came}", flush=True)
