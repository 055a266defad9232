"""Runs the command line as `python -m vouchmark`."""

from vouchmark.cli import main

main(prog_name="vouchmark")
