"""For ``spark-submit``: ``kg build --engine spark`` with the arguments that follow."""

import sys

from kg.cli import app

if __name__ == "__main__":
    app(["build", "--engine", "spark", *sys.argv[1:]])
