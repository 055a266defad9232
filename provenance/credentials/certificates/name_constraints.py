"""Which names may the certificates under an authority carry (RFC 5280, section 4.2.1.10)?

Directory names, DNS names, e-mail addresses, URIs and IP addresses, permitted and excluded. A constraint that cannot be
read, and a name of a form that is constrained and not compared here, refuse the certificate: they never pass it.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from provenance.credentials.errors import CredentialsError, CredentialsLimitError, MalformedCredentialsError

if TYPE_CHECKING:
    from cryptography import x509

MAX_COMPARISONS: Final = 20_000
"""Names times subtrees along one path; real authorities have a dozen of each. So many take a tenth of a second."""

_LABEL: Final = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_URI: Final = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]*://(?:[^/?#@\\]*@)?([^/?#:@\[\]\\]+)(?::[0-9]*)?(?:[/?#].*)?", re.DOTALL
)
_LOCAL: Final = re.compile(r"""[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+|"(?:[^"\\\x00-\x1f\x7f]|\\[\x20-\x7e])*\"""")
# A mailbox's local part: dotted atoms or a quoted string (RFC 5321, section 4.1.2).
_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*")
_MAILBOX_IN_UTF8: Final = "1.3.6.1.5.5.7.8.9"
_EMAIL_ADDRESS: Final = "1.2.840.113549.1.9.1"

Rdn = frozenset[tuple[str, str | bytes]]


class NotPermittedError(CredentialsError):
    """A name that an authority above does not permit, or excludes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraints:
    """What one authority allows, by the form of the name; values as the library reads them."""

    permitted: Mapping[str, tuple[Any, ...]]
    excluded: Mapping[str, tuple[Any, ...]]


def constraints_of(certificate: x509.Certificate) -> Constraints | None:
    """A certificate's name constraints; None where it has none.

    Raises:
        MalformedCredentialsError: they cannot be read, or use fields that mean nothing in this profile.
    """
    from cryptography import x509

    try:
        value = certificate.extensions.get_extension_for_class(x509.NameConstraints).value
    except x509.ExtensionNotFound:
        return None
    except (x509.DuplicateExtension, x509.UnsupportedGeneralNameType, ValueError, TypeError) as error:
        raise MalformedCredentialsError("got name constraints that cannot be read") from error
    _whole_subtrees(certificate)
    return Constraints(permitted=_by_form(value.permitted_subtrees), excluded=_by_form(value.excluded_subtrees))


def _whole_subtrees(certificate: x509.Certificate) -> None:
    """Minimum is 0 and maximum absent (section 4.2.1.10); the library reads past both."""
    from asn1crypto import x509 as asn1_x509
    from cryptography.hazmat.primitives.serialization import Encoding

    try:
        value = asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER)).name_constraints_value
        subtrees = [one for field in ("permitted_subtrees", "excluded_subtrees") for one in value[field]]
        is_whole = all(one["minimum"].native == 0 and one["maximum"].native is None for one in subtrees)
    except (ValueError, TypeError, KeyError) as error:
        raise MalformedCredentialsError("got name constraints that cannot be read") from error
    if not is_whole:
        raise MalformedCredentialsError("got name constraints with a minimum or a maximum")


def _by_form(names: Sequence[x509.GeneralName] | None) -> dict[str, tuple[Any, ...]]:
    found: dict[str, tuple[Any, ...]] = {}
    for name in names or ():
        form = type(name).__name__
        found[form] = (*found.get(form, ()), name.value)
    return found


def check_path(path: Sequence[x509.Certificate]) -> None:
    """Accept the names on a path (the signer's certificate first, the anchor last), or raise.

    The anchor's own constraints count too (RFC 5937, section 3.2): whoever lists it lists it as it is.

    Raises:
        NotPermittedError: a name is not permitted by an authority above, or excluded.
        CredentialsLimitError: more comparisons than `MAX_COMPARISONS`.
        MalformedCredentialsError: a name or a constraint of a form that is constrained cannot be read.
    """
    above: list[Constraints] = []
    comparisons = 0
    for place in range(len(path) - 1, -1, -1):
        certificate = path[place]
        is_self_issued = certificate.subject == certificate.issuer
        if above and (place == 0 or not is_self_issued):
            names = _names(certificate)
            comparisons += sum(map(len, names.values())) * sum(map(_size, above))
            if comparisons > MAX_COMPARISONS:
                raise CredentialsLimitError(f"got more than {MAX_COMPARISONS} names to compare with name constraints")
            for limits in above:
                _check(limits, names)
        own = constraints_of(certificate) if place else None
        above += [own] if own is not None else []


def _size(limits: Constraints) -> int:
    return sum(len(bases) for trees in (limits.permitted, limits.excluded) for bases in trees.values())


def _names(certificate: x509.Certificate) -> dict[str, tuple[Any, ...]]:
    """Every name by its form: the subject, its e-mail addresses (as most verifiers do), and the alternative names."""
    from cryptography import x509

    value: Iterable[x509.GeneralName]
    try:
        value = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        value = ()
    except (x509.DuplicateExtension, x509.UnsupportedGeneralNameType, ValueError, TypeError) as error:
        raise MalformedCredentialsError("got alternative names that cannot be read") from error
    found = _by_form([name for name in value if not isinstance(name, x509.OtherName)])
    others = [name.type_id.dotted_string for name in value if isinstance(name, x509.OtherName)]
    if others:
        found["OtherName"] = tuple(others)
    subject = certificate.subject
    if subject.rdns:
        found["DirectoryName"] = (*found.get("DirectoryName", ()), subject)
    written = [attribute.value for attribute in subject if attribute.oid.dotted_string == _EMAIL_ADDRESS]
    if written:
        found["RFC822Name"] = (*found.get("RFC822Name", ()), *written)
    return found


def _check(limits: Constraints, names: Mapping[str, tuple[Any, ...]]) -> None:
    """One authority's constraints (section 6.1.3, steps b and c)."""
    for form in {*limits.permitted, *limits.excluded}:
        if form == "RFC822Name" and _MAILBOX_IN_UTF8 in names.get("OtherName", ()):
            # Another way of writing the same form (RFC 9598, section 6), which is not compared here.
            raise NotPermittedError("got an internationalised mailbox under constraints on e-mail addresses")
        for name in names.get(form, ()):
            within = _WITHIN.get(form)
            if within is None:
                raise NotPermittedError(f"got a name of the form {form}, which is constrained and not compared here")
            if form in limits.permitted and not any(within(base, name) for base in limits.permitted[form]):
                raise NotPermittedError(f"got a name of the form {form} outside what is permitted")
            overlaps = _dns_overlaps if form == "DNSName" else within
            if any(overlaps(base, name) for base in limits.excluded.get(form, ())):
                raise NotPermittedError(f"got a name of the form {form} that is excluded")


@lru_cache(maxsize=256)
def _folded(name: x509.Name) -> tuple[Rdn, ...]:
    """A directory name as RFC 5280, section 7.1, compares it: case and runs of spaces do not count."""
    return tuple(
        frozenset(
            (
                attribute.oid.dotted_string,
                fold(attribute.value) if isinstance(attribute.value, str) else attribute.value,
            )
            for attribute in rdn
        )
        for rdn in name.rdns
    )


def fold(text: str) -> str:
    """A name as it is compared: case, forms and spaces folded (RFC 5280, section 7.1; RFC 4518)."""
    return " ".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).split())


def _within_directory(base: x509.Name, name: x509.Name) -> bool:
    """The base is where the name begins; an empty base is where every name begins."""
    start, whole = _folded(base), _folded(name)
    return whole[: len(start)] == start


def _labels(host: str) -> tuple[str, ...]:
    """A host's labels in lower case, without the root's dot. Raises MalformedCredentialsError."""
    labels = tuple(host.lower().removesuffix(".").split("."))
    if not all(map(_LABEL.fullmatch, labels)):
        raise MalformedCredentialsError("got a host name that is none")
    return labels


def _in_domain(base: str, labels: tuple[str, ...], *, below: bool) -> bool:
    """Whether a host is the base, or under it where `below`. A leading dot means under it alone, empty means any."""
    if base in ("", "."):
        return True
    inner = _labels(base.removeprefix("."))
    if base.startswith("."):
        return len(labels) > len(inner) and labels[-len(inner) :] == inner
    return labels[-len(inner) :] == inner if below else labels == inner


def _dns_labels(name: str) -> tuple[str, ...]:
    """Labels of a DNS name, of which the first may be a star."""
    star, rest = name.startswith("*."), name.removeprefix("*.")
    return ("*", *_labels(rest)) if star else _labels(rest)


def _within_dns(base: str, name: str) -> bool:
    return _in_domain(base, _dns_labels(name), below=True)


def _dns_overlaps(base: str, name: str) -> bool:
    """Whether any host that the name stands for is within the base: a star stands for every label."""
    if _within_dns(base, name):
        return True
    labels = _dns_labels(name)
    if labels[0] != "*":
        return False
    inner = _labels(base.removeprefix("."))
    return len(inner) == len(labels) and inner[1:] == labels[1:]


def _mailbox(text: str) -> tuple[str, tuple[str, ...]]:
    """Local part and host. Raises MalformedCredentialsError."""
    local, _, host = text.rpartition("@")
    if _LOCAL.fullmatch(local) is None:
        raise MalformedCredentialsError("got an e-mail address that is none")
    local = re.sub(r"\\(.)", r"\1", local[1:-1]) if local.startswith('"') else local
    return local, _labels(host)


def _within_email(base: str, name: str) -> bool:
    """One mailbox, every mailbox on one host, or every one on hosts of a domain (`.example.com`)."""
    local, labels = _mailbox(name)
    if "@" in base:
        return (local, labels) == _mailbox(base)
    return _in_domain(base, labels, below=False)


def _within_uri(base: str, name: str) -> bool:
    """By the host alone, which has to be a name (section 4.2.1.10)."""
    found = _URI.fullmatch(name)
    if found is None:
        raise MalformedCredentialsError("got a URI without a host under constraints on URIs")
    labels = _labels(found[1])
    if _NUMBER.fullmatch(labels[-1]):
        raise MalformedCredentialsError("got a URI with an address for a host under constraints on URIs")
    return _in_domain(base, labels, below=False)


def _within_network(base: Any, name: Any) -> bool:
    if not isinstance(name, ipaddress.IPv4Address | ipaddress.IPv6Address):
        raise MalformedCredentialsError("got a network for an address")
    return name.version == base.version and name in base


_WITHIN: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "DirectoryName": _within_directory,
    "DNSName": _within_dns,
    "RFC822Name": _within_email,
    "UniformResourceIdentifier": _within_uri,
    "IPAddress": _within_network,
}
