"""What goes wrong with a bundle?"""

from __future__ import annotations

from vouchmark.errors import VouchmarkError


class BundleError(VouchmarkError):
    """A bundle cannot be made or read as asked."""

    hint = "see: vouchmark bundle --help"


class NoBundleError(BundleError):
    """What was named is no bundle of ours, or one of a layout that is not known here."""

    hint = "name a folder or .zip that 'vouchmark bundle make' wrote"


class BundleExtraError(BundleError):
    """A library that bundles need is not installed."""

    hint = "python -m pip install 'vouchmark[bundle]'"

    def __init__(self, package: str) -> None:
        """Say which one."""
        super().__init__(f"bundles need {package}, which is not installed")
