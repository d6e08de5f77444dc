"""What of the dictionary of an SPSS system file contradicts itself: refused, or told to the caller."""

from __future__ import annotations

from collections.abc import Iterator

from egovstats.microdata.spss_header import DictionaryError, SpssHeader

_SEGMENT, _WIDEST = 252, 255
# a text wider than 255 bytes stands as one variable of 255 for each 252 of them, the last as wide as the rest


def check_very_long(header: SpssHeader) -> None:
    """Check that each very long text has the variables that it needs; readers would take its neighbours.

    Raises
    ------
    DictionaryError
        Its length does not fit the variables that follow.
    """
    if not header.very_long:
        return
    starts = [place for place, width in enumerate(header.widths) if width >= 0]
    for at, place in enumerate(starts):
        size = header.very_long.get(header.elements[place].upper(), 0)
        if size == 0:
            continue
        n = 1 if size <= _WIDEST else -(-size // _SEGMENT)
        wanted = [*[_WIDEST] * (n - 1), size - (n - 1) * _SEGMENT]
        if [header.widths[each] for each in starts[at : at + n]] != wanted:
            raise DictionaryError(
                f"a text of {size} bytes, and the variables that follow do not hold as many"
            )


def doubts_of(header: SpssHeader) -> Iterator[str]:
    """What of the dictionary cannot be used, in sentences."""
    shorts = {name.upper() for name in header.elements if name}
    pairs = [pair for pair in header.long_name_record.strip(b"\0").split(b"\t") if pair]
    fit = sum(short in shorts and "=" not in name for short, name in header.long_names.items())
    if fit < len(pairs):
        yield (
            f"The record of long names is damaged: {len(pairs) - fit} of {len(pairs)} entries are for no "
            "variable of the file. Variables without an entry have their short names, in capitals; "
            "compare them with the producer's."
        )
    if not header.very_long.keys() <= shorts:
        yield (
            "The record of very long texts is damaged: it names a variable that the file does not have. "
            "A very long text may stand as several columns; compare their number with the producer's."
        )
    if header.unknown:
        yield (
            f"Records of unknown kinds were left out ({', '.join(map(str, header.unknown))}); if names "
            "or labels are missing, the file is damaged: get it again."
        )
    damaged = header.sets_damaged(header.charset or "utf-8")
    if damaged:
        yield (
            f"Multiple-response sets that are damaged: {damaged}. They cannot be read, or name a variable "
            "that the file does not have; compare sets with the producer's."
        )
    if len(set(header.labelled)) < len(header.labelled):
        yield (
            "Two lists of labels are for one variable, and the later one was taken: another variable may "
            "lack its labels. Compare labels with the producer's."
        )
    if header.odd_formats:
        yield (
            f"Variables with a format of no known kind: {header.odd_formats}. They were read as plain "
            "numbers or texts; a date or a time would be seconds."
        )
    if header.too_long:
        yield (
            f"Labels of codes that are longer than the text that they belong to: {header.too_long}; "
            "no answer can have them. Compare labels with the producer's."
        )
