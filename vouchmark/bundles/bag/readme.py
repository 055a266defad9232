"""What does somebody read who opens a bundle without knowing us? The same text in every bundle."""

from __future__ import annotations

from typing import Final

TEXT: Final = """\
This is a Vouchmark evidence bundle (layout vouchmark.bundle/1), a BagIt bag (RFC 8493).

What lies where

  data/files/NNNN/      the files that were looked at, octet for octet, with what lay beside them;
                        what each was called stands in data/bundle.json
  data/reports/         the report on each: .json, .html (a page), .crjson.json
  data/inputs/          what decided: trust lists, policy, issuers, and the answers of an index or a ledger
  data/attached/        what other tools made
  data/bundle.json      which file is which, what was asked, and by which versions
  data/requirements.txt how to install exactly those versions
  manifest-sha256.txt   the SHA-256 of everything below data; its own SHA-256 is the bundle's digest
  custody.jsonl         through whose hands it went, as they say
  seal.dsse.json        where there is one, a signature over all of it; seal.dsse.json.tsr a time stamp over that

What it shows, and what not

  Whose files these are and whether they show what happened is not proved by a bundle. It shows that nothing in it was
  changed since its digest was taken, and it lets anybody run the same check again. Its trust lists and its policy are
  its maker's: what you may conclude depends on yours. Words in data/bundle.json about where the files came from are
  the keeper's own.

How to check it, without us

  sha256sum --check --quiet --strict manifest-sha256.txt tagmanifest-sha256.txt
  sha256sum manifest-sha256.txt              compare with the digest that you were given
  python -m bagit --validate .               (pip install bagit)

How to run the check again, by your own lists

  vouchmark bundle verify .                  (in a folder above, with this one's name in the place of the dot)
"""
