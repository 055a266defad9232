"""What does an embedded vouch add to a check, once everything is loaded, for small and for large photos?

    python benchmarks/embedded_vouch.py [--rounds 40]

Each round checks the file without the vouch, with it, and with an update that carries none, right after each other, so
that a busy machine slows all three; medians of the ratios over the rounds. What is in the third is the price of a
second manifest, which both engines and our own check read like any other; the rest is the person's proof. The aim is
for a photo of 2 MB, as phones make them.
"""

from __future__ import annotations

import argparse
import datetime as dt
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from media import ROOT, signed_photo

sys.path.insert(0, str(ROOT))

from provenance.credentials.signing.c2pa_sign import SigningKey, update_media
from provenance.credentials.trust.lists import TrustLists
from provenance.workers.pool import Pool
from tests.support.people import world
from vouchmark.demo.authority import issue_signer, make_authority
from vouchmark.examination.examine import examine_all
from vouchmark.examination.gather import facts_about
from vouchmark.examination.settings import Settings, make_settings
from vouchmark.report import Line, Status
from vouchmark.vouching.embedding import GENERATOR, embed
from vouchmark.vouching.vouch import binding_for
from zk.profile.personhood import EpochLength

AIM = 1.5
AIMED_AT = 2.0
"""Megabytes."""
SIZES = (0.1, 0.5, AIMED_AT, 5.0)


def vouched(photo: bytes, settings: Settings, club: world.Issuer, key: SigningKey) -> bytes:
    """The photo with somebody's vouch in it."""
    asset, facts = facts_about(photo, settings, pool=None)
    epoch = EpochLength.MONTH.epoch_at(settings.at)
    vouch = world.person(club).vouch(bound=binding_for(asset, facts), epoch=epoch)
    return embed(photo, vouch.encode(), key=key, settings=settings, pool=None).embedded.data


def seconds(data: bytes, settings: Settings, pool: Pool, person: Status) -> float:
    """One check, which must find what it is expected to."""
    started = time.perf_counter()
    (report,) = examine_all([data], settings, pool=pool)
    took = time.perf_counter() - started
    assert report.evidence[Line.PERSON].status is person, report.evidence[Line.PERSON].summary
    return took


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=40, help="of each size")
    rounds = parser.parse_args().rounds
    now = dt.datetime.now(dt.UTC)
    club = world.Issuer(name="Benchmark Club", epochs=(EpochLength.MONTH.epoch_at(now),))
    person = {"issuers": [club.info.to_json()], "scopes": [str(world.CAFE)]}
    settings = make_settings(trust=TrustLists.empty(), at=now, **person)
    key = issue_signer(make_authority("Benchmark", "Benchmark root"), "Benchmark", "Platform").signing_key()
    with Pool(workers=1) as pool:
        for size in SIZES:
            plain = signed_photo(int(size * 1_000_000))
            updated = update_media(
                plain, media_type="image/jpeg", manifest={"claim_generator_info": [GENERATOR]}, key=key
            )
            sides = (
                (plain, Status.ABSENT),
                (vouched(plain, settings, club, key), Status.PASS),
                (updated, Status.ABSENT),
            )
            measured = []
            for number in range(rounds + 3):
                took = [seconds(data, settings, pool, status) for data, status in sides]
                measured += [took] if number >= 3 else []
            base = statistics.median(one[0] for one in measured)
            with_vouch = statistics.median(one[1] / one[0] for one in measured)
            with_update = statistics.median(one[2] / one[0] for one in measured)
            verdict = f"  aim <= {AIM}: {'met' if with_vouch <= AIM else 'MISSED'}" if size == AIMED_AT else ""
            print(
                f"{len(plain) / 1e6:5.1f} MB  {base * 1000:6.1f} ms without, {with_vouch:4.2f}x with a vouch, "
                f"{with_update:4.2f}x with an update alone{verdict}"
            )


if __name__ == "__main__":
    main()
