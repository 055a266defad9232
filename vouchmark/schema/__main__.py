"""Prints the JSON Schema made from the code, to be kept as `report-2.json`."""

import json
import sys

from vouchmark.schema import generate

sys.stdout.write(json.dumps(generate(), indent=2, ensure_ascii=False) + "\n")
