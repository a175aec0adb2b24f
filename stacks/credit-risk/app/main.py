"""The scoring service: `python main.py`, from the folder that it stands in."""

import logging

from risk.server import serve
from risk.service import Service

if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    serve(Service.start())
