"""The site of the documentation, built without running the gallery, as readers see it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

import browser

pytest.importorskip("sphinx_gallery")

ROOT = Path(__file__).parents[1]
MADE_BY_THE_GALLERY = re.compile("sphx_glr_")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Where the site is; the sources are copied, for building writes into their folder."""
    work = tmp_path_factory.mktemp("site")
    made = shutil.ignore_patterns("_build", "auto_gallery", "reference")
    shutil.copytree(ROOT / "docs", work / "docs", ignore=made)
    (work / "src").symlink_to(ROOT / "src")
    command = [sys.executable, "-m", "sphinx", "--quiet", "-D", "plot_gallery=0"]
    subprocess.run([*command, work / "docs", work / "html"], check=True, capture_output=True)
    return work / "html"


def pages_of(site):
    found = sorted(page for page in site.rglob("*.html") if "_static" not in page.parts)
    assert len(found) > 40
    return found


class Links(HTMLParser):
    """What a page refers to, and what can be referred to in it."""

    def __init__(self, page):
        super().__init__()
        self.targets, self.anchors = [], {"", "top"}
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.anchors.add(found.get("id"))
        if tag in ("a", "link"):
            self.targets.append(found.get("href") or "")
        elif tag in ("img", "script") and "src" in found:
            self.targets.append(found["src"])


def test_no_link_is_broken(site):
    pages = {page: Links(page) for page in pages_of(site)}
    broken = []
    for page, links in pages.items():
        for target in links.targets:
            path, anchor = urldefrag(unquote(target.partition("?v=")[0]))
            if re.match("(https?|mailto|data):", path) or MADE_BY_THE_GALLERY.search(path):
                continue
            file = (page.parent / path).resolve() if path else page
            if not file.exists() or (file in pages and anchor not in pages[file].anchors):
                broken.append((page.name, target))
    assert broken == []


def test_pages_load_nothing_from_elsewhere(site):
    for page in pages_of(site):
        text = page.read_text(encoding="utf-8")
        assert not re.search(r'<(script|img|iframe)[^>]*src="(https?:)?//', text), page
        assert not re.search(r'<link[^>]*rel="stylesheet"[^>]*href="(https?:)?//', text), page


TYPESET = """
const done = arguments[0];
const formulas = document.querySelectorAll(".math").length;
if (!formulas) done([0, 0, 0]);
else MathJax.startup.promise.then(() => done([
  formulas,
  [...document.querySelectorAll(".math mjx-container")]
    .filter((formula) => formula.getBoundingClientRect().width > 0).length,
  document.querySelectorAll("mjx-merror").length,
]));
"""


@pytest.mark.parametrize("step", [3, pytest.param(1, marks=pytest.mark.exhaustive)])
def test_formulas_are_typeset_and_nothing_is_wider_than_a_phone(site, tmp_path, step):
    total = 0
    with browser.started(tmp_path) as driver:
        for page in pages_of(site)[::step]:
            browser.show(driver, page.as_uri(), width=390)
            formulas, typeset, errors = driver.execute_async_script(TYPESET)
            assert (typeset, errors) == (formulas, 0), page
            total += formulas
            width = driver.execute_script("return document.documentElement.scrollWidth")
            assert width <= 390, page
    assert total > 100 // step


def test_dark_and_light(site, tmp_path):
    def brightness(name):
        script = "return getComputedStyle(document.body)[arguments[0]]"
        return sum(map(int, re.findall(r"\d+", driver.execute_script(script, name))[:3])) / 3

    with browser.started(tmp_path) as driver:
        for scheme, back in (("light", 255), ("dark", 0)):
            browser.show(driver, (site / "family.html").as_uri(), scheme=scheme)
            assert abs(brightness("backgroundColor") - back) < 40
            assert abs(brightness("color") - back) > 150


def test_search_finds(site, tmp_path):
    with browser.started(tmp_path) as driver:
        driver.get(f"{(site / 'search.html').as_uri()}?q=vanishing")
        found = driver.find_element(By.ID, "search-results")
        WebDriverWait(driver, 10).until(  # they appear one by one
            lambda _: found.find_elements(By.LINK_TEXT, "The vanishing gradient")
        )


def test_every_script_of_the_gallery_is_short_and_draws(site):
    scripts = list((ROOT / "docs" / "gallery").rglob("*.py"))
    assert len(scripts) > 20
    topics = (ROOT / "docs" / "topics.md").read_text()
    for script in scripts:
        code = script.read_text(encoding="utf-8").split('"""', 2)[2]
        lines = [line for line in code.splitlines() if line and not line.startswith("#")]
        assert len(lines) <= 45, script
        assert "plt.subplots(" in code
        assert "print(" in code
        name = script.relative_to(ROOT / "docs" / "gallery").with_suffix("").as_posix()
        assert f"](auto_gallery/{name})" in topics
        page = site / "auto_gallery" / script.relative_to(ROOT / "docs" / "gallery")
        assert page.with_suffix(".html").exists()
