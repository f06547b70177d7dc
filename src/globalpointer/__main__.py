"""`python -m globalpointer` is the command `globalpointer`."""

from globalpointer.cli.main import run

if __name__ == "__main__":
    run()
