"""What is said of two verifiers: agreement is said of each question by itself, signature, bytes and trust."""

from __future__ import annotations

from typing import Final

from vouchmark.wording.model import Sentence

_DIFFER: Final = {
    "presence": ("on whether there are Content Credentials", "One finds a store and the other does not."),
    "bytes": ("on whether the bytes are the signed ones", "Their answers on the binding differ."),
    "signature": ("on whether the signature holds", "Their answers on the signature differ."),
    "bytes-signature": (
        "on whether the bytes are the signed ones and whether the signature holds",
        "Their answers on both differ.",
    ),
    "state": ("on the overall state", "Their answers on signature and bytes are the same, and the states differ."),
    "bytes-state": (
        "on whether the bytes are the signed ones and on the overall state",
        "Their answers on the binding and the states differ.",
    ),
    "signature-state": (
        "on whether the signature holds and on the overall state",
        "Their answers on the signature and the states differ.",
    ),
    "bytes-signature-state": (
        "on the bytes, the signature and the overall state",
        "Their answers on all three differ.",
    ),
}
"""On what two verifiers differ, by the questions."""

SENTENCES: Final = (
    *(
        sentence
        for name, (text, when) in _DIFFER.items()
        for sentence in (
            Sentence(f"engines.differ.{name}", f"The verifiers disagree {text}.", f"{when} No cause is known."),
            Sentence(
                f"engines.differ.{name}.why",
                f"The verifiers disagree {text}: {{why:phrase}}.",
                f"{when} The cause is known.",
            ),
        )
    ),
    Sentence(
        "engines.differ.malformed.first",
        "The verifiers disagree: {first} calls the signed hash malformed, {second} says {answer:phrase}.",
        "The first calls the hash malformed, and has compared nothing with it.",
    ),
    Sentence(
        "engines.differ.malformed.second",
        "The verifiers disagree: {first} says {answer:phrase}, {second} calls the signed hash malformed.",
        "The second calls the hash malformed, and has compared nothing with it.",
    ),
    Sentence("engines.unread.file", "No verifier saw the file.", "The file could not be read."),
    Sentence("engines.unasked", "No verifier was asked.", "No engine was asked."),
    Sentence(
        "engines.unbuilt",
        "No other verifier read the file: there is no build of {missing:listed} for this system.",
        "One engine was asked; another was to be, and is not built for this system.",
    ),
    Sentence(
        "engines.nothing",
        "No verifier was asked: by our own reading the file holds no sign of Content Credentials.",
        "All bytes of the file were searched for signs of a store, and there is none.",
    ),
    Sentence(
        "engines.large",
        "{engine} was not asked: the file is large, and it would hold it whole. --memory-limit lifts that, with three "
        "times the file's size.",
        "The file is over the size from which the second engine is not asked.",
    ),
    Sentence("engines.state", "{engine} says {state}.", "The overall state, in the specification's words."),
    Sentence("engines.state.unread", "{engine} {reason:phrase}.", "An engine gives no state."),
    Sentence(
        "engines.incomparable.failed",
        "The verifiers cannot be compared: {engine} failed on this file.",
        "One engine came to an error.",
    ),
    Sentence(
        "engines.incomparable.unread",
        "The verifiers cannot be compared: {engine} {reason:phrase}; {other} {says:phrase}.",
        "One engine was not asked, or does not read this type of file.",
    ),
    Sentence("engines.neither.unsupported", "Neither verifier reads this type of file.", "Both do not read this type."),
    Sentence(
        "engines.neither.unparsable",
        "Neither verifier can parse the file or its Content Credentials.",
        "Both gave up on the form.",
    ),
    Sentence(
        "engines.agree.holds",
        "Both verifiers find the signature valid and the bytes as they were signed.",
        "Both read the same answers on presence, signature and bytes, and those are good; trust was not differing.",
    ),
    Sentence(
        "engines.agree.holds.trust",
        "Both verifiers find the signature valid and the bytes as they were signed; on trust they differ: {first} says "
        "{state}, {second} says {other}.",
        "The same, and the overall states differ by trust alone.",
    ),
    Sentence(
        "engines.agree.invalid",
        "Both verifiers find the signature valid and the bytes as they were signed, and call the whole Invalid.",
        "The same, and both fail it for another reason.",
    ),
    Sentence(
        "engines.agree.changed",
        "Both verifiers find the signature valid, and that these are not the bytes that were signed.",
        "Both find the hard binding mismatched.",
    ),
    Sentence(
        "engines.agree.changed.trust",
        "Both verifiers find the signature valid, and that these are not the bytes that were signed; on trust they "
        "differ: {first} says {state}, {second} says {other}.",
        "The same, and the overall states differ.",
    ),
    Sentence(
        "engines.agree.signature",
        "Both verifiers find that the signature is not valid.",
        "Both have a failure of the claim's signature.",
    ),
    Sentence(
        "engines.agree.malformed",
        "Both verifiers find the signed hash malformed.",
        "Neither could compare the bytes.",
    ),
    Sentence(
        "engines.agree.absent",
        "Neither verifier finds Content Credentials.",
        "Both looked and found none.",
    ),
    Sentence(
        "engines.agree.remote",
        "Both verifiers find only an address of Content Credentials kept elsewhere.",
        "Both found an address and no store.",
    ),
    Sentence(
        "engines.agree.silent",
        "Both verifiers find Content Credentials and say nothing of their content.",
        "Both found something and judged nothing.",
    ),
    Sentence(
        "engines.unread",
        "{reader} {says:phrase}; {other} {reason:phrase}.",
        "One reads it, the other could not: that is no disagreement about what is in it.",
    ),
)

PHRASES: Final = (
    Sentence("engines.bytes.changed", "that the bytes changed", "A mismatch of the binding."),
    Sentence("engines.bytes.unchanged", "that the bytes did not change", "No failure of the binding."),
    Sentence("engines.bytes.unsaid", "nothing of the bytes", "No answer on the binding."),
    Sentence(
        "engines.why.presence",
        "{first} {reads:phrase}, {second} {finds:phrase}",
        "One finds Content Credentials and the other does not.",
    ),
    Sentence("engines.why.reads", "reads them", "It found a store."),
    Sentence("engines.why.none", "finds none", "It looked and found none."),
    Sentence("engines.why.remote", "finds only an address of some kept elsewhere", "Only an address."),
    Sentence("engines.why.unparsable", "cannot parse them", "It gave up on the form."),
    Sentence("engines.why.silent", "gives no answer", "Anything else."),
    Sentence("engines.why.reports", "{engine} reports {codes:listed}", "One of them has failures on that."),
    Sentence(
        "engines.why.both_report",
        "{engine} reports {codes:listed}, {other} reports {others:listed}",
        "Both have failures on that.",
    ),
    Sentence(
        "engines.why.uncoded", "{engine} names no code for it", "It calls the whole Invalid, and why is not told."
    ),
    Sentence(
        "engines.why.identity",
        "an identity that is attached does not hold, which one of them counts against the whole file",
        "One has failures of identities (`cawg.`).",
    ),
    Sentence(
        "engines.why.binding",
        "one of them does not know this older form of hard binding",
        "One has claim.hardBindings.missing.",
    ),
    Sentence(
        "engines.why.required",
        "one of them demands a statement that the other does not",
        "One has assertion.required.missing.",
    ),
    *(
        Sentence(f"engines.why.{word}{whose}", text.format(whose=of), f"{when}{than}")
        for whose, of, than in (
            ("", "the certificate", ""),
            (".earlier", "the certificate of an earlier version or a part", " It is that of an ancestor."),
        )
        for word, text, when in (
            ("early", "{whose} is not valid yet, which one of them counts as invalid", "By the certificate's dates."),
            ("late", "{whose} has expired, which one of them counts as invalid", "By the certificate's dates."),
            (
                "early.stamped",
                "a time stamp of {{day}}, which {{engine}} believes, lies before {whose} was valid",
                "By the time of a stamp that an engine believes.",
            ),
            (
                "late.stamped",
                "a time stamp of {{day}}, which {{engine}} believes, lies after the expiry of {whose}",
                "By the time of a stamp that an engine believes.",
            ),
        )
    ),
    Sentence("engines.says.state", "says {state}", "Its overall state, in the specification's words."),
    Sentence("engines.says.absent", "finds no Content Credentials", "It looked and found none."),
    Sentence("engines.says.remote", "finds only an address of Content Credentials kept elsewhere", "Only an address."),
    Sentence("engines.says.unsupported", "does not read this type of file", "It knows the type and does not read it."),
    Sentence("engines.says.too_deep", "does not read parts that are nested so deeply", "It gave up on depth."),
    Sentence(
        "engines.says.unparsable",
        "cannot parse the file or its Content Credentials",
        "It gave up on the form of the file or of the store.",
    ),
    Sentence(
        "engines.says.chain-depth",
        "follows no more than 200 earlier versions, and there are more",
        "Its own bound on a chain of versions.",
    ),
    Sentence(
        "engines.says.claim",
        "cannot read the claim, which lacks a field or has one in another form",
        "It gave up on the claim.",
    ),
    Sentence(
        "engines.says.assertion",
        "cannot read one of the signed statements, which lacks a field or has one in another form",
        "It gave up on an assertion.",
    ),
    Sentence(
        "engines.says.rules",
        "was not asked, because it would take too long over so many exclusion rules and boxes",
        "We did not ask it.",
    ),
    Sentence(
        "engines.says.parts",
        "was not asked, because it would take too long over so many ingredients and other statements",
        "We did not ask it.",
    ),
    Sentence("engines.says.store", "refuses the Content Credentials", "It gave up on the store."),
    Sentence("engines.says.asset", "cannot parse the file", "It gave up on the file."),
    Sentence("engines.says.no-active-manifest", "finds no active manifest", "Its account names none."),
    Sentence("engines.says.failed", "failed on this file", "It gave up for another reason."),
    Sentence("engines.says.nothing", "gives no state", "Anything else."),
)
