"""`vouchmark vouch`: how does a person stand behind a file, once, without being known?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from vouchmark.cli.common import composed, fail, nonce_of, somebody_types, umask
from vouchmark.cli.person import at_option, errors, json_option, moment, passphrase_option, read_file, tell
from vouchmark.cli.placing import may_write, place
from vouchmark.cli.vouch.call import answer, ask, verify
from vouchmark.cli.vouch.embed import embed
from vouchmark.cli.vouch.first import First, first_options
from vouchmark.cli.wallet.opening import WALLET_VARIABLE, member, open_wallet

if TYPE_CHECKING:
    import datetime as dt

    from provenance.asset import Asset
    from vouchmark.lines.facts import Facts
    from vouchmark.vouching.vouch import Wish
    from zk.profile.issuer_info import IssuerInfo
    from zk.profile.personhood import Binding, Vouch
    from zk.wallet.wallet import HeldMembership, Wallet

CLASSES: Final = {"ever": "lasting", "epoch": "epoch"}
"""Which credential counts in which period."""


@click.group(short_help="Stand behind a file as a person, without a name.")
def vouch() -> None:
    """Stand behind a file, once for each purpose, without being known.

    A vouch is a small file that proves: somebody whom an issuer enrolled stands behind exactly this file, for one
    scope. 'vouchmark check' reads it. Exit codes: 0 done, 2 refused or a file or option that cannot be used, 4 could
    not be read, written or decrypted.
    """


for _each in (embed, ask, answer, verify):
    vouch.add_command(_each)


@vouch.command(short_help="Make a vouch for FILE.")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--scope", required=True, metavar="AUTHORITY:PATH", help="For what, such as public:review/cafe-harbour.")
@click.option(
    "--per", type=click.Choice(tuple(CLASSES)), default="ever", show_default=True, help="Once for ever, or each epoch."
)
@click.option("--slot", type=click.IntRange(0), help="Which of the issuer's slots; 0 by default, as readers count it.")
@click.option(
    "--nothing-said-since",
    is_flag=True,
    help="With a wallet put back from a copy: you vouched for nothing in this scope since that copy was made.",
)
@click.option("--statement", help="What you say about it, in your own words; everybody can read it.")
@click.option(
    "--stance",
    type=click.Choice(("for", "against", "note")),
    help="Where you stand; for, and note where there is a statement, unless you say.",
)
@click.option("--audience", help="For whom it is, where a reader asks for that.")
@click.option("--nonce", metavar="HEX", help="A reader's challenge, where one was given.")
@click.option("--issuer", metavar="PETNAME|ID", help="Whose credential, where the wallet holds several issuers'.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write there; FILE.vouch by default.")
@click.option("--no-pdq", is_flag=True, help="Leave out a picture's perceptual hash, by which copies are found.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask on a terminal before a file's first vouch.")
@first_options
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
def make(file: Path, **options: Any) -> None:
    """Make a vouch for FILE, once for this scope and period.

    It is bound to the file's intact Content Credentials where there are any, else to its bytes. It is refused where
    the Content Credentials do not hold. The same file and statement may be vouched for again; a slot that was used for
    another file or statement is refused for good.

    Where an issuer gives several slots, slot 0 is taken unless you name another one: readers count it alone unless they
    say --slots.

    With --sign-first a JPEG, PNG or JPEG XL without Content Credentials gets a first manifest, which says that it was
    opened and nothing of where it comes from; the vouch is bound to that, put into it, and all is written to OUT.
    A run that is cut off may leave the signed file beside OUT (NAME.signed.jpg): then vouch for that one, and embed.
    """
    wish = _wish(options)
    first = First.of(file, options)
    output: Path = _output(file, options["output"]) if first is None else first.output
    asset, facts = _look(file) if first is None else (first.signed.asset, first.signed.facts)
    with errors("'vouchmark wallet show' names what the wallet holds, and 'wallet renew' gets this epoch's"), _spent():
        from vouchmark.vouching import vouch as vouches

        try:
            binding = vouches.binding_for(asset, facts)
        except vouches.VouchError as error:
            fail(f"{file}: {error}", hint=error.hint)
        opened = open_wallet(options["wallet_file"], options["passphrase_file"])
        now = moment(options["at"])
        held = _newest(opened, member(opened, options["issuer"], now), now)
        wish = _restored(wish, held, said=options["nothing_said_since"])
        hint = None if options["no_pdq"] else _hint(asset)
        ask = not options["yes"] and not opened.has_vouched_for(binding)
        _announce(file, wish, binding, held, hint=hint is not None, ask=ask)

        def prove() -> Vouch:
            return vouches.make(opened, wish, binding, at=now, issuer_id=held.info.id, pdq=hint)

        if first is not None:
            first.finish(lambda: prove().encode(), as_json=options["as_json"])
            return
        made = prove()
    with errors("make it again with another -o: the same file and words are the same voice, not a second one"):
        place(output, made.encode(), mode=0o644 & ~umask(), overwrite=False)
    _tell_made(made, held.info, output, as_json=options["as_json"])


@vouch.command()
@click.argument("file", metavar="FILE.vouch")
@click.option("--issuer", "issuer_json", type=click.Path(), help="The issuer's issuer.json, for its name and numbers.")
@json_option
def show(file: str, issuer_json: str | None, as_json: bool) -> None:
    """Say in words what a vouch shows, and to whom. Verifies nothing: 'vouchmark check' does."""
    with errors("a vouch is a file made by 'vouchmark vouch make'"):
        from vouchmark.vouching.vouch import MAX_OCTETS
        from vouchmark.vouching.words import as_json as values
        from vouchmark.vouching.words import explain
        from zk.profile.personhood import Vouch

        read = Vouch.decode(read_file(file, most=MAX_OCTETS))
        info = _known(read, issuer_json)
    lines = [f"{file}: a vouch; nothing of it was verified here", *explain(read, info)]
    tell(lines, values(read, info), as_json=as_json)


def _output(file: Path, output: Path | None) -> Path:
    from vouchmark.vouching.vouch import vouch_path

    path = output or vouch_path(file)
    if output is None and not path.parent.is_dir():
        return path  # nor can there be FILE, which is then said
    hint = f"it may be somebody else's; -o {path.with_name(file.name + '.2.vouch')} writes beside it"
    may_write(path, overwrite=False, hint=hint)
    return path


def _wish(options: dict[str, Any]) -> Wish:
    """What the options ask for, with every mistake told before a file is looked at or a wallet opened."""
    with errors("a scope is an authority and a path, such as public:review/cafe-harbour or news.example:corrections"):
        from vouchmark.vouching.vouch import Wish
        from zk.profile.personhood import CredentialClass, Scope, Stance, check_texts

        scope = Scope.parse(options["scope"])
    nonce, statement, audience = nonce_of(options["nonce"]), _text(options["statement"]), _text(options["audience"])
    with errors("a statement and an audience are one line of text each, without signs that reorder or hide it"):
        check_texts(statement=statement, audience=audience)
    return Wish(
        scope=scope,
        credential_class=CredentialClass(CLASSES[options["per"]]),
        slot=options["slot"],
        statement=statement,
        stance=Stance(options["stance"] or ("note" if statement is not None else "for")),
        audience=audience,
        nonce=nonce,
    )


def _text(words: str | None) -> str | None:
    """Text as a vouch holds it."""
    return None if words is None else composed(words)


def _look(file: Path) -> tuple[Asset, Facts]:
    """Examine the file in a child process: a wallet's owner may have been sent it."""
    from provenance.asset import AssetError
    from provenance.credentials.trust.lists import TrustLists
    from provenance.workers.pool import Pool
    from vouchmark.examination.gather import facts_about
    from vouchmark.examination.settings import make_settings

    settings = make_settings(trust=TrustLists.empty(), engines=("c2pa-rs",))
    try:
        with Pool(workers=1) as pool:
            return facts_about(file, settings, pool=pool)
    except AssetError as error:
        fail(f"{file}: {error}", hint=error.hint)


def _hint(asset: Asset) -> bytes | None:
    """The picture's perceptual hash; decoded in a child process like everything else."""
    if not asset.media_type.startswith("image/"):
        return None
    from provenance.credentials.trust.lists import TrustLists
    from provenance.workers.pool import Pool
    from vouchmark.examination.gather import picture_hint
    from vouchmark.examination.settings import make_settings

    with Pool(workers=1) as pool:
        return picture_hint(asset, make_settings(trust=TrustLists.empty()), pool=pool)


@contextmanager
def _spent() -> Iterator[None]:
    """Say what is left where a voice was used already: nothing that a wallet holds or a renewal gives."""
    from zk.errors import RefusedError

    try:
        yield
    except RefusedError as error:
        if "older copy" in str(error):
            fail(
                str(error),
                hint="--nothing-said-since says that you have not; 'wallet current', that this is no older copy",
            )
        if "used for another" not in str(error):
            raise
        fail(str(error), hint="the same file and words give the same vouch again; another scope is another voice")


def _newest(opened: Wallet, held: HeldMembership, now: dt.datetime) -> HeldMembership:
    """The same by the newest issuer.json at hand: where the first one was, and among those that are kept as trusted.

    So a withdrawn key is seen before a vouch is made, and how many one hides among is told as it was last published.
    """
    opened.refresh(issuer_id=held.info.id)
    kept = _kept(held.info.id)
    if kept is not None and kept.serial > held.info.serial:
        opened.refresh(kept)
    return next(each for each in opened.held(at=now) if each.info.id == held.info.id)


def _restored(wish: Wish, held: HeldMembership, *, said: bool) -> Wish:
    """Ask, where an older copy of the wallet was put back, whether a later one has vouched in this scope."""
    if held.restored_in is None or wish.credential_class != "lasting" or said:
        return replace(wish, nothing_said_since=said)
    click.echo(
        f"An older copy of this wallet was put back in {held.restored_in}: it does not know what was vouched for after "
        f"that copy was made. If you vouched in {wish.scope} since then, a second vouch makes both void.",
        err=True,
    )
    question = f"Have you vouched for nothing in {wish.scope} since that copy was made?"
    return replace(wish, nothing_said_since=somebody_types() and click.confirm(question, err=True))


def _announce(file: Path, wish: Wish, binding: Binding, held: HeldMembership, *, hint: bool, ask: bool) -> None:
    """Say what will be shown, and to whom, before anything is proved; on a terminal ask whether that is meant."""
    from vouchmark.render.scope import period_words
    from vouchmark.vouching.words import promise

    period = period_words("ever" if wish.credential_class == "lasting" else "this epoch")
    for line in promise(wish, period, held.info, binding, crowd=held.crowd, hint=hint):
        click.echo(line, err=True)
    if ask and somebody_types() and not click.confirm(f"Vouch for {file}?", err=True):
        fail("nothing was made", hint="-y makes it without asking")


def _tell_made(made: Vouch, info: IssuerInfo, output: Path, *, as_json: bool) -> None:
    from vouchmark.render.safe import quoted
    from vouchmark.render.scope import period_words
    from vouchmark.vouching.words import as_json as values

    lines = [
        f"{output}: a vouch by somebody enrolled by {quoted(info.name)}, for {made.scope}, {period_words(made.period)}",
        "  bound to the file's Content Credentials"
        if made.presentation.binding.kind == "c2pa-manifest"
        else "  bound to the file's bytes: changing one makes it void",
    ]
    if info.slots > 1:
        lines.append(
            f"  slot {made.slot} of 0 to {info.slots - 1}; readers count slot 0 alone unless they say --slots "
            f"{info.slots}"
        )
    tell(lines, {"vouch": str(output), **values(made, info)}, as_json=as_json)


def _known(read: Vouch, issuer_json: str | None) -> IssuerInfo | None:
    """The vouch's issuer, from the file that was given or from those that the reader keeps."""
    from vouchmark.persons.issuers import IssuerFile

    if issuer_json is not None:
        from zk.profile.issuer_info import MAX_JSON_OCTETS

        info = IssuerFile.of(read_file(issuer_json, most=MAX_JSON_OCTETS)).parse()
        return info if info.id == read.issuer else None
    return _kept(read.issuer)


def _kept(issuer: bytes) -> IssuerInfo | None:
    """The issuer as it is among those that the reader keeps; None where it is not, or they cannot be read."""
    from provenance.files.home import default_home
    from vouchmark.persons.issuers import IssuerFolder, IssuersError

    try:
        folder = IssuerFolder(default_home())
        return next((folder.read(row).parse() for row in folder.rows() if row.id == issuer.hex()), None)
    except IssuersError:
        return None  # 'trust issuer show' says what is wrong
