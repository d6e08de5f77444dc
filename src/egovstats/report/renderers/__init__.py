"""Renderers: a report as HTML, Word, Excel and as a record that can be compared number by number."""

from egovstats.report.renderers.files import RENDERERS, write_report

__all__ = ["RENDERERS", "write_report"]
