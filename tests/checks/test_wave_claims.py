"""Claims on surveys: refused on synthetic files, computed on the same files when they are taken for real."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from egovstats.checks import Ledger, check_claims
from egovstats.waves import Waves, open_series, write_demo

SURVEY_CLAIMS = range(1, 8)


@pytest.fixture(scope="module")
def synthetic(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Waves]:
    folder = tmp_path_factory.mktemp("demo")
    write_demo(folder)
    return {name: open_series(name).read(folder / name) for name in ("sant-maral", "bureaucracy")}


def as_real(waves: Waves) -> Waves:
    """The same waves without their stamp, so that the way to a verdict can be walked."""
    return replace(waves, sources=tuple(replace(source, synthetic=False) for source in waves.sources))


@pytest.fixture(scope="module")
def ledger(synthetic: dict[str, Waves]) -> Ledger:
    return check_claims("mongolia", waves={name: as_real(waves) for name, waves in synthetic.items()})


def test_synthetic_waves_give_no_verdict(synthetic: dict[str, Waves]) -> None:
    made_up, without = check_claims("mongolia", waves=synthetic), check_claims("mongolia")
    assert [verdict.verdict for verdict in made_up] == [verdict.verdict for verdict in without]
    for verdict in made_up:
        assert not any(source.synthetic for source in verdict.sources)
        if verdict.number in (4, 5, 6, 7):
            assert "The data given are synthetic, nothing real follows from them" in verdict.reason
            assert not [number for number in verdict.numbers if number.label.key == "wave_value"]


def test_real_waves_decide(ledger: Ledger, synthetic: dict[str, Waves]) -> None:
    verdicts = {verdict.number: verdict.verdict for verdict in ledger if verdict.number in SURVEY_CLAIMS}
    assert verdicts[1] == "reproduced"
    assert verdicts[2] == "reproduced"
    assert verdicts[7] == "reproduced"
    fall = ledger["bureaucratic-fell"]
    assert fall.tests[0].effect is not None
    assert fall.tests[0].effect.estimate < 0
    assert {source.kind for source in fall.sources} == {"published", "microdata"}
    assert len(fall.numbers) == 2
    assert ledger["coordination-changed"].tests[0].p_value < 0.05
    for verdict in ledger:
        assert verdict.reason_text("mn", remarks=True)
        assert verdict.reason_text("ru", remarks=True)


def test_every_wave_must_be_read_for_a_statement_on_every_wave(synthetic: dict[str, Waves]) -> None:
    waves = as_real(synthetic["sant-maral"])
    whole = check_claims("mongolia", waves=waves)["confidence-below-half"]
    from egovstats.waves import Skipped

    part = replace(waves, skipped=(Skipped("2024", "Politbarometer 2024", "*2024*.sav", "no file"),))
    partly = check_claims("mongolia", waves=part)["confidence-below-half"]
    assert whole.verdict == "reproduced"
    assert partly.verdict == "not_testable"
    assert partly.needed == "The files of the waves that were not read: 2024."


def test_ranks_count_the_waves_that_asked(ledger: Ledger) -> None:
    ranks = [number for number in ledger["top-ten-issues"].numbers if number.label.key == "worst_rank"]
    assert [number.name.split(", ")[1] for number in ranks] == ["Corruption", "Law enforcement", "Red tape"]
    assert all(1 <= number.computed <= 13 for number in ranks)
    expected = "reproduced" if all(number.computed <= 10 for number in ranks) else "contradicted"
    assert ledger["top-ten-issues"].verdict == expected


def test_a_share_in_print_is_looked_for_in_every_wave(ledger: Ledger) -> None:
    verdict = ledger["bribe-only-way"]
    shares = [number.computed for number in verdict.numbers if number.label.key == "wave_value"]
    found = any(57.55 <= share <= 57.65 for share in shares)
    assert verdict.verdict == ("reproduced" if found else "not_testable")


def test_an_item_that_was_not_asked(synthetic: dict[str, Waves], tmp_path: Path) -> None:
    waves = as_real(synthetic["sant-maral"])
    frame = waves.frame.assign(trust_government=float("nan"))
    verdict = check_claims("mongolia", waves=replace(waves, frame=frame))["confidence-below-half"]
    assert verdict.verdict == "not_testable"
    assert "do not hold this question" in verdict.reason
