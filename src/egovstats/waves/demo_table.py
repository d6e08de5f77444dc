"""Stand-in answers as a wave file's own columns, codes and labels, with the crosswalk read backwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from egovstats.errors import WaveError
from egovstats.waves.card import Card
from egovstats.waves.crosswalk import Rule
from egovstats.waves.demo_draw import Drawn, People, draw_item, draw_sample, leave_out, stream
from egovstats.waves.demo_plan import Plan, WavePlan
from egovstats.waves.item import Item
from egovstats.waves.series import SurveySeries
from egovstats.waves.words import in_language

STAMP = "synthetic"
STAMP_LABEL = "SYNTHETIC: зохиомол өгөгдөл; made-up data; вымышленные данные"

_SILENT = ("dont_know", "refused", "no_answer")
_MEASURE = {"nominal": "nominal", "ordinal": "ordinal", "number": "scale"}
_DESIGN_LABELS = {"weight": "Жин", "psu": "Түүврийн цэгийн дугаар"}


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """One stand-in file before it is written.

    Parameters
    ----------
    frame : pandas.DataFrame
        Source codes, numbers all; nan is system missing.
    labels : dict
        Label of each column.
    values : dict
        Value labels of each column that has any.
    missing : dict
        User-missing values, and ranges as ``{"lo": .., "hi": ..}``, of each column that declares any.
    measures : dict
    """

    frame: pd.DataFrame
    labels: dict[str, str | None]
    values: dict[str, dict[int | float, str]]
    missing: dict[str, list[Any]]
    measures: dict[str, str]


def build_table(series: SurveySeries, plan: Plan, card: Card, shares: pd.DataFrame, *, seed: int) -> Table:
    """Draw one wave and put it into the file's own columns.

    Parameters
    ----------
    series : SurveySeries
    plan : Plan
        The series' demo plan.
    card : Card
        The wave; its weight, strata and PSU columns are filled.
    shares : pandas.DataFrame
        The wave's rows of `demo_marginals`.
    seed : int

    Returns
    -------
    Table

    Raises
    ------
    WaveError
        The plan, the marginals and the crosswalk do not fit each other.
    """
    wave = _wave_plan(series, plan, card)
    rules = {item: series.crosswalk.of(card.wave, item) for item in series.crosswalk.asked(card.wave)}
    scope = (series.name, card.wave)
    places = _places(plan, wave, rules[plan.place.area])
    in_capital = np.array([rule.target == plan.place.capital for rule in places])
    sample = draw_sample(
        wave,
        in_capital,
        per_point=plan.interviews_per_point,
        weighted=card.weight is not None,
        rng=stream(seed, *scope, "sample"),
    )
    people = People(sample, seed, scope, plan)
    place_codes = np.array([float(rule.source_code) for rule in places])
    columns = {rules[plan.place.area][0].variable: place_codes[sample.cell]}
    for item, drawn in _answers(series, plan, people, shares).items():
        if item in rules and rules[item][0].variable not in columns:
            columns[rules[item][0].variable] = _encode(rules[item], drawn, people.rng("code", item), scope)
    _check_columns(series, card, rules, columns)
    if card.psu is not None:
        columns[card.psu] = (place_codes[sample.cell] * 1000 + sample.point + 1).astype(float)
    if card.weight is not None:
        columns[card.weight] = sample.weight
    columns[STAMP] = np.ones(len(sample.cell))
    return _described(series, plan, card, rules, pd.DataFrame(columns))


def _wave_plan(series: SurveySeries, plan: Plan, card: Card) -> WavePlan:
    if card.wave not in plan.waves:
        raise WaveError(
            f"every card of {series.name!r} must have its stand-in wave; the demo plan has none for "
            f"{card.wave!r}. Add it under waves in demo/demo.yaml."
        )
    return plan.waves[card.wave]


def _places(plan: Plan, wave: WavePlan, rules: tuple[Rule, ...]) -> list[Rule]:
    """Rows of the places that the wave visits, one source code each."""
    wanted = (plan.place.capital, *wave.areas)
    return [rule for rule in rules if rule.target in wanted]


def _answers(series: SurveySeries, plan: Plan, people: People, shares: pd.DataFrame) -> dict[str, Drawn]:
    settled = np.full(len(people.sample.cell), "", dtype=object)
    answers = {plan.place.settlement: Drawn(people.sample.settlement, settled)}
    for item, rows in shares.groupby("item", sort=False):
        name = str(item)
        each = dict(zip(rows["answer"], rows["percent"] / 100, strict=True))
        answers[name] = draw_item(people, name, series.items[name].topic, each)
    for name, asked in plan.asked.items():
        if name in answers:
            answers[name] = leave_out(answers[name], asked, answers[asked.item])
    return answers


def _encode(
    rules: tuple[Rule, ...], drawn: Drawn, rng: np.random.Generator, scope: tuple[str, ...]
) -> np.ndarray:
    """Source codes (n,) of target codes and missing reasons; of several codes for one target, any."""
    column = drawn.code.copy()
    if not any(rule.copies for rule in rules):
        for target in np.unique(drawn.code[~np.isnan(drawn.code)]):
            exact = [rule for rule in rules if rule.target == target and rule.bounds is None]
            codes = [float(rule.source_code) for rule in exact]
            here = drawn.code == target
            column[here] = rng.choice(_at_least_one(codes, f"{target:g}", rules, scope), size=here.sum())
    for reason in set(drawn.missing) - {""}:
        codes = [float(rule.source_code or "nan") for rule in rules if rule.missing == reason]
        column[drawn.missing == reason] = _at_least_one(codes, reason, rules, scope)[0]
    return column


def _at_least_one(
    codes: list[float], what: str, rules: tuple[Rule, ...], scope: tuple[str, ...]
) -> list[float]:
    if not codes:
        raise WaveError(
            f"the crosswalk of {scope[0]!r} must have a source code for every answer that is drawn; "
            f"{rules[0].item} in {scope[1]} has none for {what!r}. "
            "Add the row, or correct demo/marginals.csv."
        )
    return codes


def _check_columns(
    series: SurveySeries,
    card: Card,
    rules: Mapping[str, tuple[Rule, ...]],
    columns: Mapping[str, np.ndarray],
) -> None:
    lacking = [item for item, found in rules.items() if found[0].variable not in columns]
    if lacking:
        raise WaveError(
            f"every item of a stand-in wave must be drawn; {card.wave} of {series.name!r} lacks "
            f"{', '.join(lacking)}. Add them to demo/marginals.csv."
        )
    strange = [name for name in card.stratum if name not in columns]
    if strange:
        raise WaveError(
            f"strata must be columns of items; {card.wave} of {series.name!r} names {', '.join(strange)}. "
            "Map them in crosswalk.csv, or correct the card."
        )


def _described(
    series: SurveySeries, plan: Plan, card: Card, rules: Mapping[str, tuple[Rule, ...]], frame: pd.DataFrame
) -> Table:
    labels: dict[str, str | None] = {}
    values: dict[str, dict[int | float, str]] = {}
    missing: dict[str, list[Any]] = {}
    measures: dict[str, str] = {}
    for item, found in rules.items():
        column = found[0].variable
        if column in labels:
            continue
        wording = plan.wording.get(item, {}).get(card.wave)
        labels[column] = wording or _question(series.items[item])
        measures[column] = _MEASURE[series.items[item].kind]
        exact = [rule for rule in found if rule.source_label and rule.bounds is None]
        if exact:
            values[column] = {float(rule.source_code): rule.source_label for rule in exact}
        declared = _declared(found, plan.waves[card.wave].user_missing)
        if declared:
            missing[column] = declared
    for role, name in (("psu", card.psu), ("weight", card.weight)):
        if name is not None:
            labels[name], measures[name] = _DESIGN_LABELS[role], "scale"
    labels[STAMP], values[STAMP], measures[STAMP] = STAMP_LABEL, {1.0: "SYNTHETIC"}, "nominal"
    return Table(frame, labels, values, missing, measures)


def _question(item: Item) -> str:
    return in_language(item.question or item.label, "mn")


def _declared(rules: tuple[Rule, ...], how: str) -> list[Any]:
    """User-missing values and ranges of a column; ``values`` leaves not applicable labelled alone."""
    coded = [rule for rule in rules if rule.missing and rule.source_code]
    silent = sorted(float(rule.source_code) for rule in coded if rule.missing in _SILENT)
    every = sorted(float(rule.source_code) for rule in coded)
    if how == "none" or not every:
        return []
    if how == "values":
        return list(silent)
    if how == "range and value" and len(every) > 2:
        return [every[0], {"lo": every[1], "hi": every[-1]}]
    return [{"lo": every[0], "hi": every[-1]}]
