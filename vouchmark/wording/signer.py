"""What is said of whoever signed? The signer's line.

A list vouches for an authority, and the authority for the signer; only some lists name a signer's own certificate. A
name is the signer's only where a list vouches; else it is a name that is used.
"""

from __future__ import annotations

from typing import Final

from vouchmark.wording.model import Sentence

SENTENCES: Final = (
    Sentence(
        "signer.official.authority",
        "Signed by {name}, certified by an authority on the official C2PA list of {dated}.",
        "The signature is valid, the bytes match, and the certificate's path ends in an anchor of that list.",
    ),
    Sentence(
        "signer.official.authority.undated",
        "Signed by {name}, certified by an authority on the official C2PA list.",
        "The same, and the list has no date that is known.",
    ),
    Sentence(
        "signer.official.certificate",
        "Signed by {name}, whose own certificate is on the official C2PA list.",
        "The list allows the signer's certificate itself.",
    ),
    Sentence(
        "signer.interim.authority",
        "Signed by {name}, certified by an authority on the interim C2PA list, frozen on 2026-01-01.",
        "As signer.official.authority, by the interim list.",
    ),
    Sentence(
        "signer.interim.certificate",
        "Signed by {name}, whose own certificate is on the interim C2PA list, frozen on 2026-01-01.",
        "The interim list allows the signer's certificate itself.",
    ),
    Sentence(
        "signer.yours.authority",
        "Signed by {name}, certified by an authority on your own list.",
        "As signer.official.authority, by a list that the reader gave or imported.",
    ),
    Sentence(
        "signer.yours.certificate",
        "Signed by {name}, whose own certificate is on your own list.",
        "The reader's list holds the signer's certificate itself.",
    ),
    Sentence(
        "signer.said.authority",
        "Signed by {name}, certified by an authority on a list ({label}).",
        "As signer.official.authority; what kind of list it is rests on the reader's word alone.",
    ),
    Sentence(
        "signer.said.certificate",
        "Signed by {name}, whose own certificate is on a list ({label}).",
        "The same where the list holds the certificate itself.",
    ),
    Sentence(
        "signer.publisher.iptc",
        "Signed by {name}, on IPTC's list of verified news publishers.",
        "IPTC's list names the signer's certificate or an authority that certifies publishers alone.",
    ),
    Sentence(
        "signer.publisher.yours",
        "Signed by {name}, on your own list of news publishers.",
        "The same of a list of publishers that the reader gave or imported.",
    ),
    Sentence(
        "signer.publisher.said",
        "Signed by {name}, on a list of news publishers ({label}).",
        "The same; what kind of list it is rests on the reader's word alone.",
    ),
    Sentence(
        "signer.bundled",
        "Signed by {name}, says a list of {dated} that came with the second engine.",
        "The reader has no list at all, and the second engine's dated snapshot vouches.",
    ),
    Sentence(
        "signer.unknown",
        "Signed by {who:signer}; no list that you use vouches for that name.",
        "The signature is valid and no list vouches for the certificate.",
    ),
    Sentence(
        "signer.distrusted",
        "Signed by {who:signer}; you distrust that signer or an authority above it.",
        "The reader's own entry names the certificate or one above it.",
    ),
    Sentence("signer.revoked", "Signed by {who:signer}; that certificate was revoked.", "A signed answer says so."),
    Sentence(
        "signer.profile.violated",
        "Signed by {who:signer}; that certificate breaks the rules for signing Content Credentials.",
        "Our own check of the certificate profile finds it.",
    ),
    Sentence(
        "signer.test_key",
        "Signed by {who:signer}, with a public test key: anybody could have made this.",
        "The key is one of the published test keys, or was certified by a published test authority.",
    ),
    Sentence(
        "signer.not_yet_valid",
        "Signed by {who:signer}; that certificate is not valid yet at the time of this report.",
        "No trusted time, and the certificate's dates begin later than the time of judging.",
    ),
    Sentence(
        "signer.not_yet_valid.stamped",
        "Signed by {who:signer}; the only trusted time, {time}, lies before that certificate was valid.",
        "A trusted time stamp proves a time before the certificate's dates.",
    ),
    Sentence(
        "signer.expired",
        "Signed by {who:signer}; that certificate is out of date, and no trusted time says when it signed.",
        "No trusted time, and the certificate's dates end before the time of judging.",
    ),
    Sentence(
        "signer.expired.stamped",
        "Signed by {who:signer}; the only trusted time, {time}, lies after that certificate's expiry.",
        "A trusted time stamp proves a time after the certificate's dates.",
    ),
    Sentence(
        "signer.expired.authority",
        "Signed by {who:signer}; a certificate above it was not valid at the time of this report.",
        "The signer's own certificate is within its dates, and one on its path is not.",
    ),
    Sentence(
        "signer.expired.authority.stamped",
        "Signed by {who:signer}; a certificate above it was not valid on {time}, the only trusted time.",
        "The same at the time that a trusted time stamp proves.",
    ),
    Sentence(
        "signer.covered.official",
        "But for its dates, the official C2PA list would cover that certificate.",
        "Beside signer.expired, where the list would vouch at another time.",
    ),
    Sentence(
        "signer.covered.interim",
        "But for its dates, the interim C2PA list, frozen on 2026-01-01, would cover that certificate.",
        "The same of the interim list.",
    ),
    Sentence(
        "signer.covered.yours",
        "But for its dates, your own list would cover that certificate.",
        "The same of the reader's own list.",
    ),
    Sentence(
        "signer.other_bytes",
        "These Content Credentials are by {who:signer}, but for other bytes.",
        "The signature is valid and our own digest of the bytes is not the signed one.",
    ),
    Sentence(
        "signer.unestablished",
        "The signature is not valid, so that it does not show that {who:signer} signed.",
        "The signature does not verify over the claim as it stands.",
    ),
    Sentence(
        "signer.unestablished.form",
        "The signature is of a form that our own check cannot read, so that it does not show that {who:signer} signed.",
        "An engine verifies it and our own check could not.",
    ),
    Sentence("signer.unreadable", "The signer's certificate could not be read.", "No certificate could be parsed."),
    Sentence(
        "signer.unbound",
        "No manifest is bound to this content, so that nobody is known to have signed it.",
        "Our own check found no manifest with a hard binding that speaks of the content.",
    ),
    Sentence(
        "signer.listed",
        "Signed by {who:signer}; one engine finds that name on a list that you use, and our own check is missing.",
        "Our own check did not come about, and the engine's list check passed.",
    ),
    Sentence(
        "signer.revocation.cut",
        "Not all answers about the certificate's revocation were looked at; one of the others may say that it was "
        "revoked.",
        "There are more or larger stapled answers than the bounds allow.",
    ),
    Sentence(
        "signer.product.listed",
        "The signing product is on the list of conforming products, and states no more than that list allows.",
        "The list of conforming products has the certificate's product, at the level and with the origin stated.",
    ),
    Sentence(
        "signer.product.unlisted",
        "The signing product is not on your list of conforming products.",
        "A list of conforming products is kept and has no entry that fits.",
    ),
    Sentence(
        "signer.assurance.exceeded",
        "The certificate claims a higher assurance level than its product has on the list of conforming products.",
        "The entry's level is lower than the certificate's.",
    ),
    Sentence(
        "signer.signal.disallowed",
        "The manifest states an origin that its product may not state, says the list of conforming products.",
        "The entry disallows a signal that the manifest states.",
    ),
    Sentence(
        "signer.update",
        "Beside it, a later update bears the signature of {who:signer}.",
        "An update manifest lies above the bound one; information alone.",
    ),
    Sentence(
        "signer.update.same",
        "Beside it, a later update bears the signature of the same signer, {who:signer}.",
        "The same with the content's own certificate.",
    ),
    Sentence(
        "signer.engine.revoked",
        "An engine says that the signer's certificate was revoked.",
        "Our own check is missing and the engine has the code.",
    ),
    Sentence(
        "signer.engine.irregular",
        "An engine says that the signer's certificate breaks the rules.",
        "Our own check is missing and the engine has another failure of the certificate.",
    ),
)
