"""What is an engine told about trust? Plain text, small enough to send to a worker; nothing else of lists is needed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

EKU_EMAIL_PROTECTION: Final = "1.3.6.1.5.5.7.3.4"
"""id-kp-emailProtection (RFC 5280): what claim signers carried before C2PA had a purpose of its own."""
EKU_DOCUMENT_SIGNING: Final = "1.3.6.1.5.5.7.3.36"
"""id-kp-documentSigning (RFC 9336)."""
EKU_TIME_STAMPING: Final = "1.3.6.1.5.5.7.3.8"
"""id-kp-timeStamping (RFC 3161)."""
EKU_OCSP_SIGNING: Final = "1.3.6.1.5.5.7.3.9"
"""id-kp-OCSPSigning (RFC 6960)."""
EKU_MICROSOFT_SIGNING: Final = "1.3.6.1.4.1.311.76.59.1.9"
"""Microsoft's purpose for signing Content Credentials, from before C2PA's."""
EKU_C2PA_CLAIM_SIGNING: Final = "1.3.6.1.4.1.62558.2.1"
"""c2pa-kp-claimSigning (C2PA certificate policy)."""
DEFAULT_EKU_OIDS: Final = (
    EKU_EMAIL_PROTECTION,
    EKU_DOCUMENT_SIGNING,
    EKU_TIME_STAMPING,
    EKU_OCSP_SIGNING,
    EKU_MICROSOFT_SIGNING,
    EKU_C2PA_CLAIM_SIGNING,
)
"""Purposes that the engine is told to accept. Without the last, certificates that carry only it read Invalid."""
PROGRAMME_EKU_OIDS: Final = (EKU_TIME_STAMPING, EKU_OCSP_SIGNING, EKU_C2PA_CLAIM_SIGNING)
"""The same with C2PA's own purpose alone for signers: so the conformance programme judges by the list that it gives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustSettings:
    """What an engine is told about trust: text only, ready for its settings, and cheap to send to a worker."""

    signer_anchors: tuple[tuple[str, str], ...] = ()
    """List name and PEM bundle."""
    tsa_anchors: tuple[tuple[str, str], ...] = ()
    cawg_anchors: tuple[tuple[str, str], ...] = ()
    allowed: str = ""
    """Leaf certificates that need no anchor, as lines of base64 SHA-256 of their DER (the engine's own format).

    c2pa-rs reads them as `allowed_list` of an entry of `trust.anchors` (with `trust_anchors` "" where that entry has
    none); directly under `trust` it ignores them without a word."""
    eku_oids: tuple[str, ...] = DEFAULT_EKU_OIDS

    def to_engine(self) -> dict[str, Any]:
        """The table `trust` of c2pa-rs's settings (0.91). Its unknown keys are ignored in silence: tests hold these."""
        kinds = (("manifest", self.signer_anchors), ("tsa", self.tsa_anchors), ("cawg", self.cawg_anchors))
        anchors = [
            {"trust_uri": name, "trust_kind": kind, "trust_anchors": pem}
            for kind, lists in kinds
            for name, pem in lists
        ]
        if self.allowed:
            entry = {
                "trust_uri": "allowed",
                "trust_kind": "manifest",
                "trust_anchors": "",
                "allowed_list": self.allowed,
            }
            anchors.append(entry)
        return {"trust_config": "\n".join(self.eku_oids), "anchors": anchors}
