"""JUnit, Classroom 50, Markdown and HTML, each by a reader of its own."""

from __future__ import annotations

import html.parser
import json
import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import jsonschema
import junitparser
import pytest

from autograder.errors import HarnessError, UsageError
from autograder.platforms import classroom50, junit, markdown
from autograder.reports import html as page
from autograder.reports import words

CLASSROOM50 = json.loads((Path(__file__).parent / "classroom50.schema.json").read_text("utf-8"))
ENVIRON = {
    "CLASSROOM": "dl", "ASSIGNMENT": "hw2p1", "ASSIGNMENT_TYPE": "individual", "USERNAME": "student",
    "SUBMISSION_TAG": "submit/2026-03-01T12-00-00Z", "COMMIT_URL": "https://example.org/c",
    "RELEASE_URL": "https://example.org/r", "REVIEW_URL": "https://example.org/v",
    "COMMIT_DATETIME": "2026-03-01T11:59:00Z",
}  # fmt: skip


def suite_of(text: str) -> junitparser.TestSuite:
    (suite,) = junitparser.JUnitXml.fromstring(text.encode())
    return suite


def properties(case):
    return [p for group in case.iterchildren(junitparser.Properties) for p in group]


def test_junit_is_read_by_another_parser(mixed_report, context):
    suite = suite_of(junit.render(mixed_report, context))
    cases = list(suite)
    results = [type(case.result[0]).__name__ if case.result else "passed" for case in cases]
    assert suite.tests == len(cases) == 25
    assert (suite.errors, suite.failures, suite.skipped) == tuple(
        results.count(kind) for kind in ("Error", "Failure", "Skipped")
    )
    earned = {case.name: next(p.value for p in properties(case) if p.name == "points") for case in cases}
    assert earned["Downsampling1d"] == "2.5"
    assert earned["Conv1d"] == "0"
    assert earned["BatchNorm2d"] == "–"


def test_junit_takes_every_byte(breaking_report, hostile_report, context):
    for report in (breaking_report, hostile_report):
        text = junit.render(report, context)
        assert suite_of(text).tests == 25
        assert all(character == "\n" or character.isprintable() for character in text)


def test_junit_points_add_up_to_the_reports_total(make_report, context):
    report = make_report({"Upsampling1d": {"status": "failed"}})
    suite = suite_of(junit.render(report, context))
    said = {p.name: p.value for p in suite.properties()}
    points = sum(Decimal(p.value) for case in suite for p in properties(case) if p.name == "points")
    assert said["points main"] == "97.5"
    assert points == Decimal(said["points main"]) + Decimal(said["points bonus"])


def test_classroom50_by_its_schema_with_one_exact_factor(make_report, context):
    report = make_report({"Upsampling1d": {"status": "failed"}})
    body = json.loads(classroom50.render(report, replace(context, environ=ENVIRON)))
    jsonschema.validate(body, CLASSROOM50)
    assert (body["score"], body["max-score"]) == (225, 200)
    assert sum(test["score"] for test in body["tests"]) == body["score"]
    assert sum(test["max-score"] for test in body["tests"]) == body["max-score"]
    assert all(test["scale"] == 2 and "2 units are 1 point" in test["scaled"] for test in body["tests"])


def test_classroom50_has_the_commits_time_in_utc(make_report, context):
    """As `git log --format=%cI` says it."""
    environ = {**ENVIRON, "COMMIT_DATETIME": "2026-03-01T06:59:00-05:00"}
    body = json.loads(classroom50.render(make_report(), replace(context, environ=environ)))
    assert body["datetime"] == "2026-03-01T11:59:00Z"
    with pytest.raises(UsageError, match="COMMIT_DATETIME"):
        classroom50.render(make_report(), replace(context, environ={**environ, "COMMIT_DATETIME": "yesterday"}))


def test_classroom50_needs_no_factor_for_whole_points(make_report, context):
    report = make_report()
    whole = tuple(section for section in report.sections if section.max == int(section.max))
    assert classroom50.scale(list(whole)) == 1
    assert classroom50.scale(list(report.sections)) == 2


def test_classroom50_refuses_what_is_not_whole(mixed_report, make_report, context):
    with pytest.raises(HarnessError, match="BatchNorm2d"):
        classroom50.render(mixed_report, replace(context, environ=ENVIRON))
    with pytest.raises(UsageError, match="CLASSROOM"):
        classroom50.render(make_report(), context)


def test_markdown_holds_nothing_active_of_a_submissions(breaking_report, hostile_report, context):
    for report in (breaking_report, hostile_report):
        text = markdown.render(report, context)
        assert not re.search(r"<(?!/?(sub|details|summary|pre)>)", text)
        assert "javascript:" not in text
        assert "]]>" not in text
        assert not re.search(r"^\s*::", text, re.MULTILINE)
        assert all(character == "\n" or character.isprintable() for character in text)
        assert text.count("<pre>") == text.count("</pre>")


def test_markdown_tells_totals_and_every_section(mixed_report, context):
    text = markdown.render(mixed_report, context)
    assert f"Main: {words.total(mixed_report.totals['main'])}" in text
    assert sum(line.startswith("| ") for line in text.splitlines()) == 25 + 2


class Reader(html.parser.HTMLParser):
    """Collects what matters of a page."""

    VOID = {"meta", "br", "img", "link", "input", "hr"}  # noqa: RUF012

    def __init__(self):
        super().__init__()
        self.tags, self.open, self.attributes, self.ids, self.links = [], [], [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in self.VOID:
            self.open.append(tag)
        self.ids += [value for name, value in attrs if name == "id"]
        self.links += [value for name, value in attrs if name == "href"]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def read(text):
    reader = Reader()
    reader.feed(text)
    assert reader.open == []
    return reader


def test_the_page_is_whole_by_itself_and_accessible(mixed_report, context):
    text = page.render(mixed_report, context)
    reader = read(text)
    names = {name for name, _ in reader.attributes}
    assert "script" not in reader.tags
    assert not {"src", "onclick", "onload", "style"} & names
    assert all(link.startswith("#") and link[1:] in reader.ids for link in reader.links)
    assert ("lang", "en") in reader.attributes
    assert ("name", "viewport") in reader.attributes
    assert {"main", "h1", "caption", "th"} <= set(reader.tags)
    assert "prefers-color-scheme: dark" in text
    assert "@media print" in text
    assert len(set(reader.ids)) == len(reader.ids)
    assert "http:" not in text
    assert "https:" not in text


def test_nothing_a_submission_says_is_markup(breaking_report, hostile_report, context):
    for report in (breaking_report, hostile_report):
        text = page.render(report, context)
        reader = read(text)
        assert not {"script", "img", "link", "iframe"} & set(reader.tags)
        assert "{{ 7*7 }}" in text or report is hostile_report
        assert all(character == "\n" or character.isprintable() for character in text)


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_every_colour_of_text_has_contrast_in_both_modes():
    text = (page.TEMPLATES / "report.css").read_text("utf-8")
    light, dark = re.findall(r":root \{ (--back: #\w{6}.*?)\}", text, re.DOTALL)
    for mode in (light, dark):
        colours = dict(re.findall(r"--(\w+): (#\w{6})", mode))
        for name in ("ink", "soft", "good", "bad", "open", "focus"):
            one, other = sorted((luminance(colours[name]), luminance(colours["back"])))
            assert (other + 0.05) / (one + 0.05) >= 4.5, name


def test_the_smallest_example_is_shown_with_its_wrong_numbers_marked(mixed_report, context):
    text = page.render(mixed_report, context)
    assert "kernel_size=2) on (1, 1, 3)" in text
    assert 'class="wrong heat1">0.5<span class="away"> wrong</span>' in text
    assert 'class="wrong heat4">4<' in text
    assert "print(&#34;&lt;b&gt;&#34;)" in text
    shown = html.unescape(markdown.render(mixed_report, context))
    assert "Smallest example: Conv1d_stride1(in_channels=1, out_channels=2, kernel_size=2) on (1, 1, 3)" in shown
    assert "[0.5]" in shown
    assert "import numpy as np\nprint(" in shown


@pytest.mark.parametrize(
    ("text", "markup"),
    [
        ("see `forward`, then `x<y`", "see <code>forward</code>, then <code>x&lt;y</code>"),
        ("<b>`", "&lt;b&gt;`"),
        ("a ` b `<i>` c", "a <code> b </code>&lt;i&gt;` c"),
        ("", ""),
    ],
)
def test_names_in_backticks_are_code_and_everything_is_escaped(text, markup):
    assert page.coded(text) == markup
