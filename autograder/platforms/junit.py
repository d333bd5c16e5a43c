"""JUnit XML, which CI systems and editors read."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from autograder.grading.report import Report, SectionReport
from autograder.reports import audience, words
from autograder.reports.context import Context
from autograder.reports.text import excerpt

#: Statuses that are no verdict on what came back: it broke before.
ERRORS = {"error", "timeout", "memory", "limit", "crashed"}
#: Statuses that say that there is nothing to judge.
SKIPPED = {"not_implemented", "ungraded"}


def render(report: Report, context: Context) -> str:
    """The report as one test suite, with the points as properties."""
    seen = audience.for_students(report, context)
    root = ET.Element("testsuites", name="autograder")
    suite = ET.SubElement(root, "testsuite", _counts(seen))
    properties = ET.SubElement(suite, "properties")
    for group, total in seen.totals.items():
        _property(properties, f"points {group}", words.points(total.points))
        _property(properties, f"max {group}", words.points(total.max))
    for section in seen.sections:
        _case(suite, seen, section)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=False, short_empty_elements=True).join(
        ['<?xml version="1.0" encoding="UTF-8"?>\n', "\n"]
    )


def _counts(report: Report) -> dict[str, str]:
    statuses = [section.status for section in report.sections]
    errors = sum(status in ERRORS for status in statuses)
    skipped = sum(status in SKIPPED for status in statuses)
    passed = statuses.count("passed")
    return {
        "name": report.assignment,
        "tests": str(len(statuses)),
        "failures": str(len(statuses) - errors - skipped - passed),
        "errors": str(errors),
        "skipped": str(skipped),
        "time": f"{sum(words.seconds(report, section) for section in report.sections):.3f}",
        # Without a zone, as the format wants it; it is UTC.
        "timestamp": str(report.run.get("time", "1970-01-01T00:00:00Z")).removesuffix("Z"),
    }


def _case(suite: ET.Element, report: Report, section: SectionReport) -> None:
    case = ET.SubElement(
        suite,
        "testcase",
        classname=f"{report.assignment}.{section.group}",
        name=section.key,
        time=f"{words.seconds(report, section):.3f}",
    )
    properties = ET.SubElement(case, "properties")
    _property(properties, "points", words.points(section.points))
    _property(properties, "max", words.points(section.max))
    _property(properties, "status", section.status)
    lines = words.details(section)
    if section.status != "passed":
        kind = "error" if section.status in ERRORS else "skipped" if section.status in SKIPPED else "failure"
        result = ET.SubElement(case, kind, message=lines[0] if lines else words.outcome(section), type=section.status)
        result.text = "\n".join(lines)
    if printed := words.printed(report, section):
        # Escaped to visible characters: XML 1.0 has no way to write most control characters at all.
        ET.SubElement(case, "system-out").text = excerpt(printed, rows=40, limit=4000)


def _property(parent: ET.Element, name: str, value: str) -> None:
    ET.SubElement(parent, "property", name=name, value=value)
