"""What more can be found out about one asset where the reader allows asking over the network for this run?

Two questions and no more: the remote manifest store that a file names (once, and never one that the fetched store
names), and whether certificates of its signers were revoked. The answers are parsed by the same workers as any file,
and every host is named in the report.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import msgspec

from provenance.asset import Asset
from provenance.credentials.certificates.ocsp import Question, Revocation
from provenance.credentials.engines.model import Outcome
from provenance.credentials.own_check import OwnCheck
from provenance.net.online import Contact, Fetched, Online
from provenance.workers.pool import Examination
from provenance.workers.task import Task

MAX_QUESTIONS: Final = 8
"""Certificates of one file that are asked about, those of the signer of these bytes first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An examination, and what was asked on the way to it."""

    examination: Examination
    contacts: tuple[Contact, ...]
    """In the order in which they were made."""
    remote: bytes | None = None
    """The remote manifest store, where it was had."""


def ask(item: Asset, task: Task, online: Online, examine: Callable[[Asset, Task], Examination]) -> Asked:
    """Examine one asset, then again with what could be fetched.

    Args:
        item: the asset.
        task: what is asked about it, as without a network.
        online: the reader's leave.
        examine: runs one task; a worker pool's or this process's.
    """
    task = msgspec.structs.replace(task, asking=True)
    examination = examine(item, task)
    contacts: list[Contact] = []
    remote: bytes | None = None
    named = [one.remote_url for one in examination.readings if one.outcome is Outcome.REMOTE]
    url = next(iter((*named, *(examination.own.addresses if examination.own is not None else ()))), "")
    if url:
        fetched = online.manifest(url)
        contacts.append(fetched.contact)
        remote = fetched.content
        if remote is not None:
            task = msgspec.structs.replace(task, sidecar=remote, sidecar_wins=True)
            examination = examine(item, task)
    answers = _answers(examination.own, online)
    contacts += [answer.contact for answer in answers]
    had = tuple(answer.content for answer in answers if answer.content is not None)
    if had:
        examination = examine(item, msgspec.structs.replace(task, answers=had, answered=dt.datetime.now(dt.UTC)))
    return Asked(examination=examination, contacts=tuple(contacts), remote=remote)


def _answers(own: OwnCheck | None, online: Online) -> list[Fetched]:
    """What responders say of signers about whom nothing was stapled, the bound manifest's first."""
    if own is None:
        return []
    first = [own.signers[own.bound]] if own.bound in own.signers else []
    rest = [signer for label, signer in own.signers.items() if label != own.bound]
    questions: list[Question] = []
    for signer in (*first, *rest):
        if signer.revocation.state is Revocation.NOT_CHECKED:
            questions += [question for question in signer.asks if question not in questions]
    return [online.revocation(question.url, question.request) for question in questions[:MAX_QUESTIONS]]
