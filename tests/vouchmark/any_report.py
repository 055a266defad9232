"""Which reports can there be at all? Any text and any detail, for the tests that look for what they forgot."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.vouchmark import samples
from vouchmark.policies.policy import Policy
from vouchmark.report import Line, Report, Root, Status

JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(exclude_categories=()), max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
TEXT = st.text(st.characters(exclude_categories=()), max_size=60)


@st.composite
def reports(draw: st.DrawFn) -> Report:
    """Reports with any text and any detail."""
    said = st.builds(
        samples.Said,
        code=st.sampled_from(["signer.unknown", "assertion.dataHash.match", "ai.generated"]),
        status=st.sampled_from(Status),
        statement=TEXT,
        source=TEXT,
        root=st.sampled_from(Root),
        subject=TEXT,
        detail=st.dictionaries(TEXT, JSON_VALUES, max_size=4),
    )
    lines = draw(st.dictionaries(st.sampled_from(Line), st.lists(said, min_size=1, max_size=3), max_size=4))
    required = tuple(draw(st.lists(st.sampled_from(Line), min_size=1, max_size=3, unique=True)))
    return Policy.default().applied(samples.report(draw(TEXT), lines=lines, required=required))
