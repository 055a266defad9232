"""What came of a run as a whole: how many files have which answer, and what was kept where it was interrupted?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from vouchmark.render.groups import NAMES, Group, files_in_words, group_of
from vouchmark.report import Exit, Outcome, Report, exit_code


class Totals:
    """Counts of one run."""

    def __init__(self, *, fail_on: str | None, lines_count: bool = True) -> None:
        """How its codes are found.

        Args:
            fail_on: the outcome from which on a verdict fails, as the command line has it.
            lines_count: whether lines decide as well; without that the verdict alone does, where `fail_on` is given.
        """
        self.codes: set[Exit] = set()
        self.groups: Counter[Group] = Counter()
        self._fail_on = Outcome(fail_on) if fail_on else None
        self._lines_count = lines_count or not fail_on

    @property
    def files(self) -> int:
        """How many reports there were."""
        return self.groups.total()

    def add(self, report: Report) -> None:
        """Count one report."""
        self.groups[group_of(report)] += 1
        self.codes.add(self._exit(report))

    def _exit(self, report: Report) -> Exit:
        """The report's exit code; the verdict raises or decides it only where that was asked for."""
        from vouchmark.policies.policy import at_least_as_strong

        outcome = report.verdict.outcome if report.verdict else None
        reached = self._fail_on is not None and outcome is not None and at_least_as_strong(outcome, self._fail_on)
        if reached:
            return Exit.FAILED
        # A report without a verdict is below no outcome: a hook lets nothing pass that no policy has seen.
        return exit_code(report) if self._lines_count or outcome is None else Exit.OK

    def lines(self) -> Iterator[str]:
        """The totals, worst first, under the number of files."""
        yield files_in_words(self.files)
        width = len(f"{max(self.groups.values(), default=0):,}")
        yield from (f"  {self.groups[group]:{width},}  {NAMES[group]}" for group in Group if self.groups[group])
