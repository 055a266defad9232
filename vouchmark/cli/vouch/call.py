"""`vouchmark vouch ask`, `answer`, `verify`: does a person whom an issuer enrolled answer me in this call, now?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from vouchmark.cli.common import composed, fail, printable, somebody_types
from vouchmark.cli.person import at_option, errors, json_option, line_of, moment, passphrase_option, tell
from vouchmark.cli.wallet.opening import LEAST_DIGITS, WALLET_VARIABLE, open_wallet

if TYPE_CHECKING:
    from vouchmark.vouching.calls import Calls
    from zk.call.answering import Asked
    from zk.call.messages import Meeting
    from zk.profile.issuer_info import IssuerInfo

MAX_NAME: Final = 80
"""Characters of a name for a peer."""


@click.command(short_help="Ask in a call whether a person answers.")
@click.option("--issuer", metavar="PETNAME|ID|FILE", help="Whose members count; the one that you trust, if it is one.")
@click.option("--level", type=click.IntRange(1, 3), default=1, show_default=True, help="How well checked, at least.")
@click.option("--call", metavar="ID|CHALLENGE", help="Ask in this meeting, and not in a new one.")
@click.option(
    "--who", default="the other person", show_default=True, metavar="NAME", help="What you call them in this meeting."
)
@click.option("--qr", is_flag=True, help="Show it as a QR code too.")
@at_option
@json_option
def ask(**options: Any) -> None:
    """Make a challenge to paste into the chat of a call; the other person's 'vouchmark vouch answer' answers it.

    A relay is not excluded. The answer counts for two minutes; --call asks again, or somebody else, in the same
    meeting, so that a person who takes over or is there twice is seen. Exit codes: 0 done, 2 refused.
    """
    with _told():
        from vouchmark.vouching.calls import asking
        from zk.call.asking import UNBOUND_SECONDS
        from zk.call.messages import Challenge, Link, Role

        now, calls = moment(options["at"]), _calls()
        meeting, issuer = _meeting(calls, options, now)
        with calls.meeting(meeting, issuer) as asker:
            octets = asker.ask(_who(options["who"]), Link(role=Role.CALLER), now=_clock(), at=now)
        text = Challenge.decode(octets).text
    for line in asking(UNBOUND_SECONDS):
        click.echo(line, err=True)
    tell([text], {"challenge": text, "call_id": meeting.call_id}, as_json=options["as_json"])
    if options["qr"] and not options["as_json"]:
        from vouchmark.issuing.qr import blocks

        click.echo(blocks(text), err=True)
    if not options["as_json"]:
        click.echo(f"call: {meeting.call_id}", err=True)


@click.command(short_help="Answer a challenge with your wallet.")
@click.argument("challenge", required=False)
@click.option("-y", "--yes", is_flag=True, help="Answer in this call without asking on a terminal.")
@click.option(
    "--wallet",
    "wallet_file",
    type=click.Path(path_type=Path),
    envvar=WALLET_VARIABLE,
    help=f"The wallet; else {WALLET_VARIABLE}, else in your data folder (VOUCHMARK_HOME).",
)
@at_option
@passphrase_option
@json_option
def answer(challenge: str | None, **options: Any) -> None:
    """Answer CHALLENGE, or the one on standard input: print a line, under 1 kB, to paste into the chat.

    It says before what the one who asked learns, and asks you; without a terminal it needs --yes. Exit codes: 0 done, 2
    refused, 4 the wallet could not be read or decrypted.
    """
    with _told():
        from vouchmark.wording.catalogue import say
        from zk.call.answering import Answerer
        from zk.call.messages import Answer, Challenge, Link, Role, call_words, challenge_octets

        octets = challenge_octets(line_of(challenge, asking="Challenge"))
        asked = Challenge.decode(octets)
        now, wallet = moment(options["at"]), open_wallet(options["wallet_file"], options["passphrase_file"])
        held = next((each.info for each in wallet.held(at=now) if each.info.id == asked.meeting.issuer), None)

        def confirm(told: Asked) -> bool:
            return _agree(told, yes=options["yes"])

        if held is None:  # nothing can be kept of it; the refusal is the same
            made = Answerer(wallet, Link(role=Role.CALLEE), confirm).answer(octets, at=now)
        else:
            with _calls().meeting(asked.meeting, held) as asker:
                made = Answerer(wallet, Link(role=Role.CALLEE), confirm, asker=asker).answer(octets, at=now)
        text, words = Answer.decode(made).text, call_words(octets, made)
    click.echo(say("call.words", words=" ".join(words)), err=True)
    values = {"answer": text, "words": list(words), "call_id": asked.meeting.call_id}
    tell([text], values, as_json=options["as_json"])


@click.command(short_help="Say what an answer shows.")
@click.argument("answer_text", metavar="[ANSWER]", required=False)
@at_option
@json_option
def verify(answer_text: str | None, at: Any, as_json: bool) -> None:
    """Say what ANSWER, or the one on standard input, shows; it answers a challenge of 'vouchmark vouch ask' made here.

    Exit codes: 0 somebody enrolled answered, in time, and is who answered as this person before; 2 refused, with the
    reason and its code.
    """
    with _told():
        from vouchmark.vouching.calls import shown
        from zk.call.messages import Answer, answer_octets, call_words

        octets = answer_octets(line_of(answer_text, asking="Answer"))
        calls, now = _calls(), moment(at)
        with calls.meeting(calls.of_answer(octets), None) as asker:
            nonce = Answer.decode(octets).nonce
            found = asker.opened.get(nonce)
            heard = asker.hear(found.peer if found else "", octets, now=_clock(), at=now)
            asked = asker.opened[nonce].challenge
        words = call_words(asked.encode(), octets)
    lines = shown(heard, words, now)
    values = {
        "mode": heard.mode.value,
        "who": heard.peer,
        "issuer": heard.issuer.id.hex(),
        "epoch": heard.epoch,
        "level": int(heard.level),
        "seconds": round(heard.age, 1),
        "again": heard.again,
        "call_id": asked.meeting.call_id,
        "words": list(words),
        "messages": [{"id": line.message.id, "text": str(line)} for line in lines],
    }
    tell([str(line) for line in lines], values, as_json=as_json)


def _calls() -> Calls:
    from provenance.files.home import default_state
    from vouchmark.vouching.calls import Calls

    return Calls(default_state() / "calls")


def _clock() -> float:
    from vouchmark.vouching.calls import clock

    return clock()


def _who(name: str) -> str:
    said = composed(name.strip())
    if not said or len(said) > MAX_NAME or printable(said) != said:
        fail(f"--who: expected a name of 1 to {MAX_NAME} characters", hint="a name by which you know them again")
    return said


def _agree(told: Asked, *, yes: bool) -> bool:
    """Say what will be learnt, and ask."""
    from vouchmark.vouching.calls import agreement

    for line in agreement(told):
        click.echo(line, err=True)
    return yes or (somebody_types() and click.confirm("Answer in this call?", err=True))


def _meeting(calls: Calls, options: dict[str, Any], now: Any) -> tuple[Meeting, IssuerInfo | None]:
    """The meeting that is meant, or a new one of an issuer that the asker trusts."""
    from zk.call.messages import Challenge, Meeting, challenge_octets
    from zk.profile.constants import check_level

    call = options["call"]
    if call is not None:
        if ":" not in call:
            return calls.find(call.strip()), None
        meeting = Challenge.decode(challenge_octets(call)).meeting
        return meeting, _issuer(options["issuer"] or meeting.issuer.hex())
    issuer = _issuer(options["issuer"])
    return Meeting.open(issuer.id, issuer.epoch_length.epoch_at(now), check_level(options["level"])), issuer


def _issuer(word: str | None) -> IssuerInfo:
    """The issuer that a word names: a file, a petname, the first digits of an id; or the only one that is kept."""
    from provenance.files.home import default_home
    from vouchmark.cli.wallet.opening import read_info
    from vouchmark.persons.issuers import IssuerFolder, IssuersError

    if word is not None and Path(word).is_file():
        return read_info(word)
    try:
        folder = IssuerFolder(default_home())
        rows = [
            row
            for row in folder.rows()
            if word is None or word == row.petname or (len(word) >= LEAST_DIGITS and row.id.startswith(word.lower()))
        ]
        if len(rows) != 1:
            fail(
                f"--issuer: {len(rows)} of the issuers that you trust are meant, expected one",
                hint="'vouchmark trust issuer add issuer.json --as NAME' keeps one; or name an issuer.json",
            )
        return folder.read(rows[0]).parse()
    except IssuersError as error:
        fail(str(error), hint=error.hint)


@contextmanager
def _told() -> Iterator[None]:
    """Say a refusal in the catalogue's words, with its code; everything else as other commands do."""
    from vouchmark.vouching.calls import CallsError, refusal
    from zk.errors import ZkError

    with errors("'vouchmark wallet show' names what the wallet holds"):
        try:
            yield
        except CallsError as error:
            fail(str(error), hint=error.hint)
        except ZkError as error:
            said = refusal(error)
            if said is None:
                raise
            fail(f"{said} ({error.code})", hint=error.hint)
