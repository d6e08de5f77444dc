"""A report over made-up numbers that has every block and chart, in three languages."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pandas as pd

import egovstats.report as er
from egovstats.report import charts
from egovstats.results import Covariance, Effect, Estimates, HypothesisTest
from egovstats.sources import Source

WAVES = {"2013": 2013.08, "2015": 2015.3, "2018": 2018.3, "2020": 2020.2, "2022": 2022.2}
SIZES = {"2013": 1200, "2015": 1200, "2018": 1199, "2020": 1169, "2022": 1200}
ANSWERS = {
    0: {"en": "Not at all", "mn": "Огт итгэдэггүй", "ru": "Совсем не доверяю"},
    1: {"en": "Just a little", "mn": "Бага зэрэг итгэдэг", "ru": "Скорее не доверяю"},
    2: {"en": "Somewhat", "mn": "Ерөнхийдөө итгэдэг", "ru": "Скорее доверяю"},
    3: {"en": "A lot", "mn": "Бүрэн итгэдэг", "ru": "Полностью доверяю"},
}
NET = {"en": "Somewhat or a lot", "mn": "Ерөнхийдөө буюу бүрэн итгэдэг", "ru": "Скорее или полностью доверяю"}
ITEMS = {
    "president": {
        "en": "Trust in the president",
        "mn": "Ерөнхийлөгчид итгэх итгэл",
        "ru": "Доверие президенту",
    },
    "parliament": {"en": "Trust in parliament", "mn": "УИХ-д итгэх итгэл", "ru": "Доверие парламенту"},
    "police": {"en": "Trust in the police", "mn": "Цагдаад итгэх итгэл", "ru": "Доверие полиции"},
    "courts": {"en": "Trust in the courts of law", "mn": "Шүүхэд итгэх итгэл", "ru": "Доверие судам"},
    "council": {
        "en": "Trust in the local government council",
        "mn": "Орон нутгийн Иргэдийн Төлөөлөгчдийн Хуралд итгэх итгэл",
        "ru": "Доверие местному совету",
    },
}
SHARES = {
    "president": [[25, 24, 30, 21], [18, 20, 33, 29], [31, 29, 25, 15], [14, 20, 34, 32], [12, 16, 29, 43]],
    "parliament": [[38, 28, 22, 12], [33, 30, 25, 12], [49, 29, 16, 6], [52, 27, 15, 6], [55, 24, 15, 6]],
    "police": [[24, 22, 30, 24], [17, 21, 34, 28], [16, 19, 35, 30], [15, 20, 35, 30], [14, 21, 36, 29]],
    "courts": [[30, 26, 28, 16], [26, 26, 31, 17], [28, 28, 30, 14], [27, 28, 31, 14], [26, 28, 31, 15]],
    "council": [[42, 27, 20, 11], [40, 28, 22, 10], [44, 29, 19, 8], [41, 29, 21, 9], [43, 28, 20, 9]],
}


def source(wave: str, *, synthetic: bool = False) -> Source:
    return Source(
        title=f"Example survey {wave}",
        kind="microdata",
        file=f"example_{wave}.sav",
        sha256=f"{int(wave):064x}",
        wave=wave,
        synthetic=synthetic,
    )


def estimates(item: str, *, synthetic: bool = False, sizes: dict[str, int] | None = None) -> Estimates:
    """Shares of four answers and of their net, by wave, independent between waves, design effect 1.6."""
    rows, numbers, blocks = [], [], []
    sizes = sizes or SIZES
    for wave, percents in zip(WAVES, SHARES[item], strict=True):
        p = np.array(percents) / 100 + np.array([0.0013, -0.0021, 0.0017, -0.0009])
        combine = np.vstack([np.eye(4), [0, 0, 1, 1]])
        cov = 1.6 * (np.diag(p) - np.outer(p, p)) / sizes[wave]
        rows += [{"wave": wave, "item": item, "answer": code} for code in [0, 1, 2, 3, "net"]]
        numbers.append(combine @ p)
        blocks.append(combine @ cov @ combine.T)
    estimate = np.concatenate(numbers)
    cov = np.zeros((len(estimate), len(estimate)))
    for i, block in enumerate(blocks):
        cov[5 * i : 5 * i + 5, 5 * i : 5 * i + 5] = block
    n = np.repeat([sizes[wave] for wave in WAVES], 5).astype(float)
    return Estimates(
        keys=pd.DataFrame(rows),
        estimate=estimate,
        covariance=Covariance.of(cov),
        df=n - 1,
        n=n,
        population=n * 6000,
        statistic="proportion",
        unit="share",
        sources=tuple(source(wave, synthetic=synthetic) for wave in WAVES),
        design_df=float(sum(sizes.values()) - 5),
        var_srs=estimate * (1 - estimate) / n,
    )


def difference(est: Estimates, i: int, j: int, *, holm: float | None = None) -> HypothesisTest:
    """Change from row i to row j, which are independent."""
    effect = est.estimate[j] - est.estimate[i]
    std_error = math.sqrt(est.variance[i] + est.variance[j])
    z = effect / std_error
    p = math.erfc(abs(z) / math.sqrt(2))
    interval = (effect - 1.96 * std_error, effect + 1.96 * std_error)
    return HypothesisTest(
        test="Wald test of a contrast",
        null="the share is the same in both waves",
        statistic=z,
        distribution="normal",
        df=(),
        p_value=p,
        effect=Effect("difference", effect, *interval, "share", 0.95, std_error),
        n=float(est.n[i] + est.n[j]),
        keys={"item": est.keys["item"].iloc[0], "from": est.keys["wave"][i], "to": est.keys["wave"][j]},
        p_adjusted=None if holm is None else min(1.0, p * holm),
        adjust="none" if holm is None else "holm",
        sources=est.sources,
    )


def _topline(item: str, language: er.Language, rule: er.Disclosure, est: Estimates):
    shown = {(s.keys["wave"], s.keys["answer"]): s for s in er.show(est, prefix=f"topline.{item}", rule=rule)}
    codes = [0, 1, 2, 3, "net"]
    tests = {"previous": {}, "first": {}}
    for k, code in enumerate(codes):
        for name, start in (("previous", 15), ("first", 0)):
            bases = [shown[("2020" if start else "2013", code)].estimate, shown[("2022", code)].estimate]
            tests[name][code] = er.show_test(
                difference(est, start + k, 20 + k, holm=2),
                prefix=f"change.{item}.{name}.{code}",
                rule=rule,
                bases=bases,
            )
    answers = [er.AnswerRow(code, language.pick(label)) for code, label in ANSWERS.items()]
    answers.append(er.AnswerRow("net", language.pick(NET), "net"))
    answers.append(er.AnswerRow("dk", language.say("missing.all"), "missing"))
    topline = er.Topline(
        waves=[(wave, wave) for wave in WAVES],
        answers=answers,
        shares=shown,
        previous=tests["previous"],
        first=tests["first"],
        n={wave: shown[(wave, "net")].n for wave in WAVES},
        margin={wave: shown[(wave, "net")].margin for wave in WAVES},
    )
    return topline, shown, tests


def line(item: str, language: er.Language, shown: dict, breaks: tuple[charts.Break, ...] = ()) -> charts.Line:
    points = []
    for wave, at in WAVES.items():
        each = shown[(wave, "net")]
        points.append(charts.Point(at, wave, each.estimate, each.conf_low, each.conf_high))
    return charts.Line(language.pick(ITEMS[item]), tuple(points), breaks)


def indicator_line(label: str, level: float, *, interval: bool) -> charts.Line:
    made = Source("Example indicator, release 2025", "indicator", file="indicator.csv", sha256="a" * 64)
    points = []
    for year in range(2005, 2024):
        value = level + 3 * math.sin(year * 1.3) - 0.35 * (year - 2005)
        ids = {"keys": {"area": label, "year": year}, "unit": "percentile rank", "sources": (made,)}
        ids |= {"format": er.Format("number", 1)}
        name = er.result_id("indicator", label, year)
        limits = {"parameters": {"conf_level": 0.9}}
        points.append(
            charts.Point(
                year + 0.5,
                str(year),
                er.Value(f"{name}.value", value, statistic="value", **ids),
                er.Value(f"{name}.low", value - 9, statistic="conf_low", **ids, **limits)
                if interval
                else None,
                er.Value(f"{name}.high", value + 9, statistic="conf_high", **ids, **limits)
                if interval
                else None,
            )
        )
    return charts.Line(label, tuple(points))


def sample_report(
    code: str = "en", *, synthetic: bool = False, sizes: dict[str, int] | None = None, p_style: str = "apa"
) -> er.Report:
    """The report; with `sizes` some waves can be made small."""
    language = er.Language(code, p_style=p_style)
    rule = er.Disclosure()
    texts = {
        "title": {
            "en": "Trust in institutions and the experience of red tape, 2013–2022",
            "mn": "Төрийн байгууллагад итгэх итгэл ба хүнд суртал, 2013–2022",
            "ru": "Доверие к институтам и бюрократия, 2013–2022",
        },
        "subtitle": {
            "en": "A worked example over invented numbers",
            "mn": "Зохиосон тоон дээрх жишээ тайлан",
            "ru": "Пример отчёта на вымышленных числах",
        },
        "findings": {"en": "Main findings", "mn": "Гол үр дүн", "ru": "Главное"},
        "trust": {"en": "Trust", "mn": "Итгэл", "ru": "Доверие"},
        "indicators": {"en": "Indicators", "mn": "Үзүүлэлтүүд", "ru": "Показатели"},
        "claims": {
            "en": "Claims in print",
            "mn": "Хэвлэгдсэн мэдэгдлүүд",
            "ru": "Опубликованные утверждения",
        },
        "question": {
            "en": "“How much do you trust each of the following, or haven’t you heard enough about them to say?” Base: everyone.",
            "mn": "«Та дараах байгууллагуудад хэр зэрэг итгэдэг вэ?» Бүх оролцогчоос асуусан.",
            "ru": "«Насколько Вы доверяете каждому из следующих институтов?» Вопрос задавался всем.",
        },
        "wording": {
            "en": "wording changed in 2018",
            "mn": "2018 онд найруулга өөрчлөгдсөн",
            "ru": "в 2018 году изменена формулировка",
        },
    }
    say = {key: language.pick(words) for key, words in texts.items()}
    all_shown, all_tests, blocks, sentences, forest, slopes = {}, {}, [], [], [], []
    for item in ITEMS:
        est = estimates(item, synthetic=synthetic, sizes=sizes)
        topline, shown, tests = _topline(item, language, rule, est)
        all_shown[item], all_tests[item] = shown, tests
        label = language.pick(ITEMS[item])
        first = tests["first"]["net"]
        sentences.append(
            er.change_sentence(
                first,
                shown[("2013", "net")].estimate,
                shown[("2022", "net")].estimate,
                labels=("2013", "2022"),
                subject=f"{label}: {language.pick(NET)[0].lower()}{language.pick(NET)[1:]}",
                language=language,
                rule=rule,
                target=f"table-{item}" if item in ("president", "parliament") else "table-changes",
            )
        )
        forest.append(charts.ForestRow(label, first.effect, first.conf_low, first.conf_high))
        slopes.append(
            charts.SlopeLine(
                label,
                shown[("2013", "net")].estimate,
                shown[("2022", "net")].estimate,
                clear=first.finding in ("up", "down"),
            )
        )
        if item in ("president", "parliament"):
            blocks.append(er.Heading(label))
            blocks.append(
                er.topline_table(
                    topline,
                    id=f"table-{item}",
                    caption=label,
                    language=language,
                    lead=say["question"],
                    source="Example survey 2013–2022",
                )
            )
    drop = (charts.Break(2016.5, say["wording"]),)
    lines = {item: line(item, language, all_shown[item], drop if item == "courts" else ()) for item in ITEMS}
    likert = charts.LikertChart(
        tuple(language.pick(label) for label in ANSWERS.values()),
        tuple(
            charts.LikertRow(wave, tuple(all_shown["president"][(wave, code)].estimate for code in ANSWERS))
            for wave in WAVES
        ),
    )
    blocks += [
        er.Chart(
            "fig-trend",
            language.pick(ITEMS["president"]),
            charts.TrendChart((lines["president"],)),
            lead=language.pick(NET),
        ),
        er.Chart(
            "fig-three",
            say["trust"],
            charts.TrendChart(tuple(lines[i] for i in ("president", "courts", "parliament", "council"))),
        ),
        er.Chart(
            "fig-panels", say["trust"], charts.SmallMultiples(tuple(lines.values())), lead=language.pick(NET)
        ),
        er.Chart("fig-likert", language.pick(ITEMS["president"]), likert),
        er.Chart("fig-forest", say["trust"], charts.ForestChart(tuple(forest))),
        er.Chart("fig-slope", say["trust"], charts.SlopeChart("2013", "2022", tuple(slopes))),
        er.changes_table(
            [(language.pick(ITEMS[item]), all_tests[item]["first"]["net"]) for item in ITEMS],
            id="table-changes",
            caption=f"{say['trust']}: 2013–2022",
            language=language,
        ),
    ]
    compare = er.comparability_table(
        pd.DataFrame(
            [
                {"item": item, "wave_a": a, "wave_b": b, "aspect": aspect, "status": status, "detail": ""}
                for item in ("president", "courts")
                for a, b in (("2013", "2015"), ("2015", "2018"))
                for aspect, status in zip(
                    ("wording", "scale", "categories", "mode", "coverage", "base", "weights"),
                    (
                        "changed" if item == "courts" else "same",
                        "same",
                        "same",
                        "same",
                        "unknown",
                        "same",
                        "same",
                    ),
                    strict=True,
                )
            ]
        ),
        id="table-comparability",
        language=language,
        items={item: language.pick(label) for item, label in ITEMS.items()},
        waves={wave: wave for wave in WAVES},
    )
    indicator = charts.IndicatorChart(
        indicator_line(
            language.pick({"en": "Mongolia", "mn": "Монгол", "ru": "Монголия"}), 48, interval=True
        ),
        (
            indicator_line(
                language.pick({"en": "Kazakhstan", "mn": "Казахстан", "ru": "Казахстан"}), 56, interval=False
            ),
            indicator_line(
                language.pick({"en": "Kyrgyz Republic", "mn": "Киргиз", "ru": "Киргизия"}), 34, interval=False
            ),
        ),
        bounds=(0, 100),
        axis=language.pick(
            {
                "en": "Percentile rank, 0 to 100",
                "mn": "Перцентил байр, 0–100",
                "ru": "Процентильный ранг, от 0 до 100",
            }
        ),
    )
    rows = (
        er.LedgerRow(
            "1",
            "Fewer people called government organisations bureaucratic in 2018 than in 2015.",
            "not_testable",
            "62% → 53%",
            "−9.0 points",
            "No sample size is printed. From n = 236 a survey on the fall would be significant at 5 per cent.",
            "The number of respondents of each survey, and its design effect.",
            group="Red tape and trust",
        ),
        er.LedgerRow(
            "3",
            "Seventy to eighty per cent of the answers were medium or bad.",
            "contradicted",
            "70–80%",
            "82% and 81%",
            "62 + 20 and 42 + 39 both lie above the stated range.",
            group="Red tape and trust",
        ),
        er.LedgerRow(
            "11",
            "331 soums and 132 khoroos make 463 units.",
            "reproduced",
            "463",
            er.Value("claim.11.sum", 463, "units", er.Format("count", 0)),
            "331 + 132 = 463.",
            group="Arithmetic that must add up",
        ),
        er.LedgerRow(
            "18",
            "Implementation fell from 90.5 to 55 per cent.",
            "within_rounding",
            "35.5",
            "35.5",
            "=1+1 is text.",
            group="Arithmetic that must add up",
        ),
    )
    sections = (
        er.Section("findings", say["findings"], (er.Headlines(tuple(sentences)),)),
        er.Section("trust", say["trust"], tuple(blocks)),
        er.Section("comparability", language.say("comparability.caption"), (compare,)),
        er.Section(
            "indicators", say["indicators"], (er.Chart("fig-indicator", say["indicators"], indicator),)
        ),
        er.Section("claims", say["claims"], (er.Ledger("table-claims", rows),)),
        er.Section(
            "method",
            language.say("method.title"),
            (
                er.Paragraph(language.say("method.intro")),
                er.MethodStatement(
                    {
                        "strategy": "Sample survey of adults.",
                        "dates": language.date_range(dt.date(2020, 3, 16), dt.date(2020, 4, 14)),
                    }
                ),
            ),
        ),
        er.Section(
            "cite",
            language.say("cite.title"),
            (
                er.Facts(((language.say("cite.report"), "Example authors (2026). Example report."),)),
                er.Notes(("First note: 5 < 6 & “quoted”.", "$5 = 5$")),
            ),
        ),
    )
    facts = er.Facts(
        (
            (language.say("title.survey"), "Example survey"),
            (
                language.say("title.waves"),
                language.say("unit.waves", count=len(WAVES)) + ", " + language.join(list(WAVES)),
            ),
            (language.say("title.n"), language.number(5968, decimals=0)),
        )
    )
    return er.Report(
        name="sample",
        title=say["title"],
        subtitle=say["subtitle"],
        language=language,
        sections=sections,
        facts=facts,
        disclosure=rule,
        seeds={"bootstrap": 20130108},
        config={"data": "/home/somebody/data", "conf_level": 0.95},
        warnings=("The weight of 2018 was trimmed.",),
    )
