"""What is said of two verifiers: agreement is said of each question by itself, signature, bytes and trust."""

from __future__ import annotations

from typing import Final

from vouchmark.wording.model import Sentence

SENTENCES: Final = (
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
    Sentence("engines.says.nothing", "gives no state", "Anything else."),
)
