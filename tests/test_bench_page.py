"""The page of a benchmark run, read as a file and opened in a browser."""

from __future__ import annotations

import json
import re
import time
from html import escape

import numpy as np
import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

import browser
from sigmoids.bench import page, units
from sigmoids.bench.charts import FLOOR
from sigmoids.bench.results import Case, Error, FirstCall, Results, Timing

AWKWARD = "σ′ </script><b>&amp;'%{x}"

CONTENDERS = [
    # name, library, kind, accuracy, ns per call and per element, s to import and compile, ulp
    ("numpy high", "sigmoids", "ours", "high", 9e3, 11.0, 0.08, 0.0, 0.5),
    ("numpy fast", "sigmoids", "ours", "fast", 6e3, 3.1, 0.08, 0.0, 1.4),
    ("numba high", "sigmoids", "ours", "high", 7e2, 0.61, 0.42, 3.2, 0.5),
    ("numba fast", "sigmoids", "ours", "fast", 7e2, 0.35, 0.42, 2.6, 1.2),
    ("jax high", "sigmoids", "ours", "high", 2e4, 0.9, 0.71, 0.4, 0.0),
    ("scipy.special.expit", "scipy", "peer", "", 5e2, 5.3, 0.11, 0.0, 1.9),
    ("torch.sigmoid", "torch", "peer", "", 1.4e3, 0.71, 1.6, 0.0, 2.3),
    ("torch.sigmoid(out=)", "torch", "peer", "", 1.2e3, 0.52, 1.6, 0.0, 2.3),
    (AWKWARD, "awkward", "peer", "", 4e2, 19.0, 0.3, 0.1, 3.1e6),
    ("memory copy", "numpy", "limit", "", 3e2, 0.21, 0.08, 0.0, 0.0),
    ("memory copy, 2 threads", "numpy", "limit", "", 6e3, 0.15, 0.08, 0.0, 0.0),
]
NAMES = [name for name, *_ in CONTENDERS]


def plausible():
    rng = np.random.default_rng(0)
    results = Results({"CPU": "Imaginary <8> & Co", "Python": "3.14.0"}, [], [], [])
    for function in ("sigmoid", "sigmoid_derivative"):
        for dtype in ("float32", "float64"):
            width = int(dtype[-2:]) // 8
            for size in (1, 100, 10_000, 1_000_000):
                for name, library, kind, accuracy, call, element, *_ in CONTENDERS:
                    if "threads" in name and size < 2**17:
                        continue
                    each = 1e-9 * (call + element * size * width / 4)
                    results.timings.append(
                        Timing(
                            Case(function, dtype, size), name, library, kind, accuracy,
                            2 * width * size, tuple(each * rng.uniform(1, 1.1, 7)),
                        )
                    )  # fmt: skip
            for name, library, kind, _, _, element, imports, compiling, ulp in CONTENDERS:
                if kind != "limit":
                    key = (function, dtype, name, library, kind)
                    peak = int(4e6 * element) if library != "scipy" else None
                    cold, cached = 1e-3 + compiling, 1e-3 + compiling / 40
                    results.first_calls.append(
                        FirstCall(*key, imports, cold, cached, 1_000_000, peak)
                    )
                    results.errors.append(Error(*key, ulp))
    return results


def charts_of(text):
    return [json.loads(found) for found in re.findall(r'="application/json">(.*?)</script>', text)]


@pytest.fixture(scope="module")
def results():
    return plausible()


@pytest.fixture(scope="module")
def path(results, tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "page.html"
    page.write(results, path)
    return path


def test_the_charts_hold_the_figures(results, path):
    charts = charts_of(path.read_text(encoding="utf-8"))
    assert len(charts) == 2 * 2 * 4
    speed, ratios, trade, starts = (chart["data"] for chart in charts[:4])
    case = Case("sigmoid", "float32", 1_000_000)
    timings = {t.contender: t for t in results.cases()[case]}

    assert [line["name"] for line in speed] == [escape(name) for name in NAMES]
    assert speed[2]["x"] == [1, 100, 10_000, 1_000_000]
    assert speed[2]["y"][-1] == timings["numba high"].nanoseconds
    assert speed[-1]["x"] == [1_000_000]

    ratio = timings["numba fast"].times_as_fast_as(timings["torch.sigmoid(out=)"])
    assert ratios[0]["y"][-1] == f"numba fast  <b>{units.digits(ratio)}×</b>"
    assert ratios[0]["base"] + ratios[0]["x"][-1] == pytest.approx(ratio)

    places = {point["name"]: (point["x"][0], point["y"][0]) for point in trade}
    assert places["numba high"] == (timings["numba high"].nanoseconds, 0.5)
    assert places["jax high"] == (timings["jax high"].nanoseconds, FLOOR)
    assert "below 0.1 shown as 0.1" in charts[2]["layout"]["yaxis"]["title"]["text"]

    waits = [sum(lengths) for lengths in zip(*(bar["x"] for bar in starts), strict=True)]
    assert waits == sorted(waits, reverse=True)
    assert waits[0] == pytest.approx(0.42 + 1e-3 + 3.2)


def test_a_contender_looks_the_same_in_every_chart(path):
    looks = {}
    for chart in charts_of(path.read_text(encoding="utf-8")):
        for trace in chart["data"]:
            if trace["type"] == "scatter":
                marker = trace["marker"]
                looks.setdefault(trace["name"], set()).add((marker["color"], marker["symbol"]))
    assert all(len(found) == 1 for found in looks.values())
    assert len(set.union(*looks.values())) == len(NAMES)


def only(
    results, *, kinds=("ours", "peer", "limit"), sizes=range(10**9), first_calls=(), errors=()
):
    timings = [t for t in results.timings if t.kind in kinds and t.case.size in sizes]
    return Results({}, timings, list(first_calls), list(errors))


PARTS = {
    "nothing": lambda r: (only(r, kinds=()), 0),
    "no timings": lambda r: (Results({}, [], r.first_calls, r.errors), 4),
    "no first calls": lambda r: (only(r, errors=r.errors), 12),
    "no errors": lambda r: (only(r, first_calls=r.first_calls), 12),
    "no peers": lambda r: (only(r, kinds=("ours", "limit"), errors=r.errors), 8),
    "peers only": lambda r: (only(r, kinds=("peer",)), 8),
    "a memory copy only": lambda r: (only(r, kinds=("limit",)), 4),
    "small sizes": lambda r: (only(r, sizes=(1, 100)), 8),
}


@pytest.mark.parametrize("part", PARTS)
def test_empty_parts(results, tmp_path, part):
    few, charts = PARTS[part](results)
    page.write(few, tmp_path / "page.html")
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert len(charts_of(text)) == charts
    assert ("The run holds no figures" in text) == (part == "nothing")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (units.digits(0.0), "0"),
        (units.digits(0.01234), "0.0123"),
        (units.digits(1.0), "1.00"),
        (units.digits(99.96), "100"),
        (units.digits(12345.0), "12,300"),
        (units.digits(3.1e6), "3.10e+06"),
        (units.digits(float("inf")), "inf"),
        (units.elements(1000), "1,000"),
        (units.elements(10**7), "10⁷"),
        (units.elements(30_000), "30,000"),
        (units.seconds(3.2), "3.20 s"),
        (units.seconds(4.5e-7), "450 ns"),
        (units.seconds(2e-10), "0.200 ns"),
        (units.memory(0), "0 B"),
        (units.memory(8e6), "8.00 MB"),
    ],
)
def test_numbers(written, expected):
    assert written == expected


class Browser:
    """A headless browser, asked as a reader would: what is there to see?"""

    def __init__(self, driver, url):
        self.driver, self.url = driver, url

    def __call__(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def open(self, width=1280):
        browser.show(self.driver, self.url, width)

    def prefer(self, scheme):
        browser.prefer(self.driver, scheme)

    def wait(self, condition):
        return WebDriverWait(self.driver, 10, 0.05).until(lambda _: condition())

    def shown(self):
        """The charts that can be seen, each scrolled to, and drawn."""
        charts = [c for c in self.driver.find_elements(By.CLASS_NAME, "chart") if c.is_displayed()]
        for chart in charts:
            self("arguments[0].scrollIntoView()", chart)
            self.wait(lambda chart=chart: self.marks(chart))
            yield chart

    def marks(self, chart):
        """How many lines, points and bars a chart consists of, if they have a size."""
        return self(
            """return [...arguments[0].querySelectorAll(".js-line, .point")]
                .filter((mark) => mark.getBoundingClientRect().width > 0).length""",
            chart,
        )

    def lines(self, chart):
        """The names of the lines that a chart draws."""
        return self(
            """return arguments[0]._fullData
                .filter(({ uid }) => arguments[0].querySelector(`.trace${uid} .js-line`))
                .map(({ index }) => arguments[0].data[index].name)""",
            chart,
        )

    def brightness(self, selector, name):
        """How bright a colour is, from 0 to 255."""
        script = "return getComputedStyle(document.querySelector(arguments[0]))[arguments[1]]"
        return sum(map(int, re.findall(r"\d+", self(script, selector, name))[:3])) / 3

    def find(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)


@pytest.fixture(scope="module")
def session(path, tmp_path_factory):
    with browser.started(tmp_path_factory.mktemp("browser")) as driver:
        yield Browser(driver, path.as_uri())


@pytest.fixture(name="browser")
def opened(session):
    session.open()
    yield session
    assert session.driver.get_log("browser") == []
    assert session("return performance.getEntriesByType('resource').length") == 0


def test_charts_are_drawn(browser):
    charts = list(browser.shown())
    assert len(charts) == 4
    assert browser.lines(charts[0]) == [escape(name) for name in NAMES]
    assert [browser.marks(chart) >= 8 for chart in charts] == [True] * 4
    legend = charts[0].find_elements(By.CLASS_NAME, "legendtext")
    assert [entry.text for entry in legend] == NAMES
    assert AWKWARD in [cell.text for cell in browser.driver.find_elements(By.TAG_NAME, "th")]


def test_a_click_in_the_legend_hides_that_line(browser):
    chart = next(browser.shown())
    before = browser.lines(chart)

    def click():
        entry = chart.find_elements(By.CLASS_NAME, "legendtoggle")[2]
        browser("arguments[0].scrollIntoView({ block: 'center' })", entry)
        ActionChains(browser.driver).move_to_element(entry).click().perform()

    click()
    browser.wait(lambda: browser.lines(chart) != before)
    assert browser.lines(chart) == [name for name in before if name != "numba high"]
    time.sleep(0.4)  # sooner, it would be the second click of a double click
    click()
    browser.wait(lambda: browser.lines(chart) == before)


def test_pointing_at_a_line_shows_its_figures(browser):
    chart = next(browser.shown())
    browser("arguments[0].scrollIntoView({ block: 'center' })", chart)
    point = chart.find_elements(By.CSS_SELECTOR, ".scatterlayer .trace:nth-child(3) .point")[1]
    ActionChains(browser.driver).move_to_element(point).perform()
    text = browser.wait(lambda: browser.find(".hoverlayer .hovertext").text)
    assert "numba" in text
    assert "n = 100" in text


def test_sections_and_dtypes_are_drawn_when_shown(browser):
    assert len(list(browser.shown())) == 4
    assert len(browser.driver.find_elements(By.CLASS_NAME, "js-plotly-plot")) == 4
    browser.find("details:nth-of-type(2) summary").click()
    assert len(list(browser.shown())) == 8
    browser.find("#sigmoid_derivative label:nth-of-type(2)").click()
    assert len(list(browser.shown())) == 8
    assert len(browser.driver.find_elements(By.CLASS_NAME, "js-plotly-plot")) == 12
    assert browser.find("#sigmoid_derivative h3").is_displayed() is False


def test_nothing_is_wider_than_a_phone(browser):
    browser.open(width=390)
    browser.find("details:nth-of-type(2) summary").click()
    for chart in browser.shown():
        assert browser("return arguments[0].querySelector('.main-svg').clientWidth", chart) < 390
    root = browser.find("html")
    assert browser("return arguments[0].scrollWidth <= arguments[0].clientWidth", root)
    table = browser.find("#sigmoid .scroll")
    assert browser("return arguments[0].scrollWidth > arguments[0].clientWidth", table)


def test_dark_mode(browser):
    next(browser.shown())
    text = (".chart .xtick text", "fill")
    assert browser.brightness("body", "backgroundColor") > 200
    assert browser.brightness("body", "color") < 80
    assert browser.brightness(*text) < 80
    browser.prefer("dark")
    assert browser.brightness("body", "backgroundColor") < 80
    assert browser.brightness("body", "color") > 200
    browser.wait(lambda: browser.brightness(*text) > 200)
