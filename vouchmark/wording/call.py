"""What is said of a question in a call, and of its answer? `vouchmark vouch ask`, `answer` and `verify`.

What refuses a challenge or an answer has its code as the sentence's id.
"""

from __future__ import annotations

from typing import Final

from vouchmark.wording.model import Sentence

_REFUSED: Final = {
    "call.malformed": (
        "This is no whole challenge or answer: something is missing, or was changed on the way.",
        "It cannot be read in canonical form.",
    ),
    "call.unsupported": (
        "This was made by another version, and cannot be read here.",
        "The version in it is another one.",
    ),
    "call.reflection": (
        "Your own question or your own voice came back to you: nobody else has answered.",
        "The nonce or the pseudonym is one's own.",
    ),
    "call.replay": (
        "This question was answered already; a second answer to it shows nothing.",
        "A valid answer to the challenge came before.",
    ),
    "call.stale": (
        "The answer came too late, or a newer question stands: it does not show who is there now.",
        "The challenge is too old by the asker's monotonic clock, or was followed by another.",
    ),
    "call.unasked": (
        "This answers no question that you asked this person.",
        "No challenge to this peer has the nonce.",
    ),
    "call.role": (
        "Who asks and who answers are the wrong way round in this.",
        "The prover's role is not the one that was asked.",
    ),
    "call.issuer": (
        "This is of another issuer than the meeting's, or of one that this wallet holds nothing of.",
        "Issuer of meeting and of answer or wallet differ.",
    ),
    "call.epoch": (
        "This is of another epoch than the meeting's, or the wallet has no credential for it.",
        "Epoch of meeting and of answer or wallet differ, or it has not begun.",
    ),
    "call.epoch.over": (
        "The epoch of this meeting is over, so nobody can be recognised in it any more: nobody is suspect for that, "
        "and a new meeting is needed.",
        "The meeting's epoch ended before now.",
    ),
    "call.level": (
        "The person was checked less carefully than this meeting asks for.",
        "The level is below the meeting's least level.",
    ),
    "call.meeting": (
        "This belongs to another meeting, or the wallet has answered in this call for another one.",
        "Call id and meeting do not fit, or the vault has an answer for something else.",
    ),
    "call.mode": (
        "An answer that is bound to no connection was given for one that is, or the other way round.",
        "The modes differ.",
    ),
    "call.channel": (
        "This question was asked over another connection than the one it came by: somebody may sit in the middle.",
        "The channel is not that of this connection as this end sees it.",
    ),
    "call.declined": (
        "You did not agree to answer in this call: nothing was proved, and nothing was sent.",
        "The wallet's owner said no, or could not be asked.",
    ),
    "call.proof": (
        "The proof does not hold for your question: nobody enrolled has answered it.",
        "The proof does not verify for the challenge.",
    ),
    "call.takeover": (
        "Somebody else answered as this person: enrolled too, but not the one who answered before.",
        "The pseudonym is another one than this peer's.",
    ),
    "call.twice": (
        "This is the voice of somebody who is in the meeting already under another name: one person, not two.",
        "The pseudonym is another peer's.",
    ),
}
"""Why a challenge is not answered, or an answer shows nothing."""

SENTENCES: Final = (
    Sentence(
        "call.relay",
        "A relay is not excluded: somebody enrolled elsewhere may have answered, and not the one whom you see or hear.",
        "First of all, of every question and answer that is bound to no connection.",
    ),
    Sentence(
        "call.shown",
        "Somebody enrolled by {issuer:quoted} ({id}…) answered this question, {seconds} seconds after it was asked; "
        "epoch {epoch}, level {level}.",
        "The proof holds, in time.",
    ),
    Sentence(
        "call.first",
        "In this meeting this voice is heard for the first time, as {who:quoted}.",
        "No answer of this peer was heard before.",
    ),
    Sentence(
        "call.again",
        "It is the same voice that answered as {who:quoted} before in this meeting.",
        "This peer's pseudonym is that of before.",
    ),
    Sentence(
        "call.crowd",
        "They are one of at least {crowd} people; which one nobody learns from the answer.",
        "The issuer has published how many there are, and it is more than one.",
    ),
    Sentence(
        "call.crowd.unknown",
        "How many others it could be is not known: assume that the issuer can tell who it is.",
        "No number is known, or it is one.",
    ),
    Sentence(
        "call.words",
        "Read these four words aloud to each other: {words}. If yours differ, somebody tampered with the chat; if they "
        "are equal, nobody did, and nothing else is shown.",
        "Challenge and answer are both known.",
    ),
    Sentence(
        "call.not_shown",
        "Not shown: that the face or the voice is theirs, who sits beside them, or that what they say is true.",
        "Last, of every answer that holds.",
    ),
    Sentence(
        "call.agree",
        "You are about to answer in the call {call} as somebody enrolled by {issuer:quoted} ({id}…), level {level}: "
        "who asked learns that, and can recognise you in this meeting until epoch {epoch} ends, and nowhere else.",
        "Before a wallet answers.",
    ),
    Sentence(
        "call.paste",
        "Paste the line into the chat; the answer counts for {seconds} seconds, by this machine's clock.",
        "A challenge was made.",
    ),
    *(Sentence(code, text, when) for code, (text, when) in _REFUSED.items()),
)
"""Sentences of calls."""
