"""What may be shown: estimates on few respondents are withheld or marked before anything is written.

The rule acts on values, not on files: a withheld `Value` has no number any more, so no format can show
it. `Report.write` applies `check` once more to everything it is about to write.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from egovstats.errors import DisclosureError
from egovstats.report.values import Value


@dataclass(frozen=True, slots=True)
class Disclosure:
    """The rule for small bases.

    Parameters
    ----------
    suppress_below : int
        Estimates on fewer respondents are not shown.
    flag_below : int
        Estimates on fewer respondents, but not suppressed, are marked.
    cell_below : int
        Cells of a crosstab with fewer respondents, but any, are not shown, nor what they could be computed
        from; see `egovstats.report.suppression`.
    exceptions : mapping of str to str
        Result ids (or their beginnings, up to a point) that are shown all the same, each with the written
        reason that the manifest repeats.

    Raises
    ------
    DisclosureError
        Limits that are out of order, or an exception without a reason.
    """

    suppress_below: int = 30
    flag_below: int = 50
    cell_below: int = 5
    exceptions: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not 0 <= self.suppress_below <= self.flag_below:
            raise DisclosureError(
                f"suppress_below must not exceed flag_below, got {self.suppress_below} and "
                f"{self.flag_below}. Pass the lower limit as suppress_below."
            )
        silent = [name for name, reason in self.exceptions.items() if not reason.strip()]
        if silent:
            raise DisclosureError(
                f"the disclosure exception {silent[0]!r} has no reason. Write why it may be shown."
            )

    def allows(self, value: Value) -> bool:
        """Whether the value may be shown: enough respondents, none involved, or an exception."""
        return value.n is None or value.n >= self.suppress_below or self._excepted(value.id)

    def apply(self, value: Value) -> Value:
        """The value as it may be shown: withheld, flagged or as it is."""
        if value.n is None or not value.visible:
            return value
        if not self.allows(value):
            limited = replace(value, parameters={**value.parameters, "limit": self.suppress_below}, n=None)
            return limited.withheld(f"fewer than {self.suppress_below} respondents")
        if value.n < self.flag_below:
            return replace(value, status="flagged", reason=f"fewer than {self.flag_below} respondents")
        return value

    def check(self, values: Iterable[Value]) -> None:
        """Stop before a value on too few respondents is written.

        Raises
        ------
        DisclosureError
            It names the results, never their numbers.
        """
        found = [value.id for value in values if value.visible and not self.allows(value)]
        if found:
            more = f" and {len(found) - 3} more" if len(found) > 3 else ""
            raise DisclosureError(
                f"{', '.join(map(repr, found[:3]))}{more} would show an estimate on fewer than "
                f"{self.suppress_below} respondents. Pass it through Disclosure.apply, or give the reason "
                "for an exception in the report's definition."
            )

    def _excepted(self, name: str) -> bool:
        return any(name == each or name.startswith(each + ".") for each in self.exceptions)
