"""Make the demo's gallery and ask the library about each picture, as a program of your own would.

python examples/make_gallery.py [FOLDER]
"""

from __future__ import annotations

import sys
from pathlib import Path

import vouchmark
from vouchmark.demo import AUTHORITY_FILE, GALLERY, make_gallery

SHOWN = (vouchmark.Line.INTEGRITY, vouchmark.Line.SIGNER, vouchmark.Line.HISTORY, vouchmark.Line.AI)


def main(folder: Path) -> None:
    """Make, check and print one line a picture: what each line of evidence says."""
    pictures = make_gallery(folder)
    # Your own lists stay out of it: only the gallery's authority vouches here.
    trust = vouchmark.TrustLists.empty().with_run_lists(trust=[folder / AUTHORITY_FILE])
    for piece, path in zip(GALLERY, pictures, strict=True):
        # Our own pictures need no child process; for files from elsewhere leave `in_process` out.
        report = vouchmark.check(path, trust=trust, in_process=True)
        lines = ", ".join(f"{line} {report.evidence[line].status}" for line in SHOWN)
        print(f"{piece.name}: {lines}")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "gallery"))
