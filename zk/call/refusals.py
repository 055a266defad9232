"""Why is a challenge not answered, or an answer not believed? One error, with one code, for each reason."""

from __future__ import annotations

from zk.errors import EncodingError, ProofError, RefusedError, UnsupportedError, UntrustedError


class MalformedCallError(EncodingError):
    """The octets are no challenge, or no answer, in canonical form."""

    code = "call.malformed"
    hint = "copy it again, whole: its first letters say what it is"


class UnsupportedCallError(UnsupportedError):
    """The challenge or answer is of another version."""

    code = "call.unsupported"
    hint = "one of the two programs is older: bring both to the same version"


class ReflectedError(RefusedError):
    """One's own question, or one's own voice, came back."""

    code = "call.reflection"
    hint = "somebody returned to you what you had sent: nobody has answered"


class ReplayedError(RefusedError):
    """The challenge was answered already: one challenge, one answer."""

    code = "call.replay"
    hint = "ask again: each question is answered once"


class StaleError(RefusedError):
    """The answer came too late by the asker's own clock, or a newer question stands in its place."""

    code = "call.stale"
    hint = "ask again, and answer the newest question at once"


class UnaskedError(RefusedError):
    """No question of this asker, to this peer, is answered."""

    code = "call.unasked"
    hint = "ask a question first, and take the answer of the person whom you asked"


class RoleSwappedError(RefusedError):
    """Asker and answerer, or caller and callee, are the wrong way round."""

    code = "call.role"
    hint = "caller and callee keep their parts through the whole call"


class OtherIssuerError(UntrustedError):
    """Another issuer than the meeting's."""

    code = "call.issuer"
    hint = "everybody in a meeting needs a credential of the one issuer that its host chose"


class OtherEpochError(UntrustedError):
    """Another epoch than the meeting's."""

    code = "call.epoch"
    hint = "look at both clocks, and renew the wallet where its epoch is over"


class EpochOverError(UntrustedError):
    """The epoch of the meeting is over: nobody can be recognised beyond it."""

    code = "call.epoch.over"
    hint = "open a new meeting: in the new epoch everybody has a new pseudonym, and nobody is suspect for it"


class LevelTooLowError(UntrustedError):
    """The person was checked less carefully than the meeting asks."""

    code = "call.level"
    hint = "the meeting asks for a higher level than this credential has"


class OtherMeetingError(RefusedError):
    """Another meeting, or two meetings under one call id."""

    code = "call.meeting"
    hint = "leave, and open a new meeting: a call id belongs to one meeting alone"


class OtherModeError(RefusedError):
    """A proof over an unbound channel where a bound one is asked for, or the other way round."""

    code = "call.mode"
    hint = "an answer that is bound to nothing never stands for one that is bound to a connection"


class OtherChannelError(RefusedError):
    """The challenge is for another connection than this one: somebody may sit in the middle of it."""

    code = "call.channel"
    hint = "hang up: the two ends of this connection do not see each other's certificates"


class DeclinedError(RefusedError):
    """The wallet's owner did not agree to answer in this call."""

    code = "call.declined"
    hint = "nothing was proved and nothing was sent"


class InvalidAnswerError(ProofError):
    """The proof does not hold for this question."""

    code = "call.proof"
    hint = "nobody enrolled has answered this question: what came was made up, or changed on the way"


class TakenOverError(RefusedError):
    """A valid answer of another person than the one who answered as this peer before."""

    code = "call.takeover"
    hint = "somebody else sits there now: ask who"


class SamePersonError(RefusedError):
    """A valid answer of a person who is in the meeting already, as another peer."""

    code = "call.twice"
    hint = "one person is there twice: count one voice"
