"""Reports: results as values, sentences, tables and charts in a document, and the document in files."""

from egovstats.report.battery_tables import BatteryDocument
from egovstats.report.blocks import (
    ABSENT,
    Cell,
    Chart,
    Column,
    Facts,
    Heading,
    Headlines,
    Notes,
    Paragraph,
    Row,
    RowGroup,
    Section,
    Sentence,
    Table,
)
from egovstats.report.build import build_report
from egovstats.report.build_survey import wave_labels
from egovstats.report.disclosure import Disclosure
from egovstats.report.document import FORMATS, Report
from egovstats.report.language import LANGUAGES, Language
from egovstats.report.ledger import AAPOR_ITEMS, VERDICTS, Ledger, LedgerRow, MethodStatement
from egovstats.report.sentences import change_sentence, level_sentence, trend_sentence
from egovstats.report.shown import Shown, show
from egovstats.report.shown_tests import ShownTest, show_test
from egovstats.report.statements import sentences
from egovstats.report.tables import change_cell, changes_table, comparability_table, frame_table
from egovstats.report.topline import AnswerRow, Topline, topline_table
from egovstats.report.values import Em, Format, Num, Ref, Value, result_id

__all__ = [
    "AAPOR_ITEMS",
    "ABSENT",
    "FORMATS",
    "LANGUAGES",
    "VERDICTS",
    "AnswerRow",
    "BatteryDocument",
    "Cell",
    "Chart",
    "Column",
    "Disclosure",
    "Em",
    "Facts",
    "Format",
    "Heading",
    "Headlines",
    "Language",
    "Ledger",
    "LedgerRow",
    "MethodStatement",
    "Notes",
    "Num",
    "Paragraph",
    "Ref",
    "Report",
    "Row",
    "RowGroup",
    "Section",
    "Sentence",
    "Shown",
    "ShownTest",
    "Table",
    "Topline",
    "Value",
    "build_report",
    "change_cell",
    "change_sentence",
    "changes_table",
    "comparability_table",
    "frame_table",
    "level_sentence",
    "result_id",
    "sentences",
    "show",
    "show_test",
    "topline_table",
    "trend_sentence",
    "wave_labels",
]
