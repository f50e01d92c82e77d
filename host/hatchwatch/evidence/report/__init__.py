"""The report: one HTML file that opens anywhere, without a network."""

from hatchwatch.evidence.report.page import build_report

__all__ = ["build_report"]
