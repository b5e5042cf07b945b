"""Every word has its Chinese, and the program that merges the catalogs reads and writes what gettext understands."""

from __future__ import annotations

import gettext
import importlib.util
import io
import sys
from pathlib import Path
from types import ModuleType

import pytest

MERGE = Path(__file__).parents[2] / "config" / "locale" / "merge.py"


@pytest.fixture
def merge(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("merge", MERGE)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "merge", module)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def parts(merge: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(merge, "CHINESE", tmp_path)
    (tmp_path / "parts").mkdir()
    return tmp_path / "parts"


def test_every_word_of_the_product_has_its_chinese(merge: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    code = merge.main(["--check"])
    assert code == 0, capsys.readouterr().err


def test_the_compiled_catalog_speaks_through_gettext(merge: ModuleType, parts: Path) -> None:
    (parts / "a.po").write_text(
        'msgid "Case"\nmsgstr "案件"\n\nmsgctxt "box"\nmsgid "Case"\nmsgstr "箱"\n'
        'msgid "%(n)s day"\nmsgid_plural "%(n)s days"\nmsgstr[0] "%(n)s 天"\n\n'
        'msgid ""\n"two "\n"lines"\nmsgstr "“两”\\n行"\n',
        "utf-8",
    )
    entries, wrong = merge.collect()
    spoken = gettext.GNUTranslations(io.BytesIO(merge.as_mo(entries)))
    assert wrong == []
    assert spoken.gettext("Case") == "案件"
    assert spoken.pgettext("box", "Case") == "箱"
    assert spoken.ngettext("%(n)s day", "%(n)s days", 3) == "%(n)s 天"
    assert spoken.gettext("two lines") == "“两”\n行"


def test_the_merged_text_reads_back_as_what_was_merged(merge: ModuleType, parts: Path) -> None:
    (parts / "a.po").write_text('msgid "say \\"no\\"\\nnow"\nmsgstr "说“不”\\n现在"\n', "utf-8")
    entries, _wrong = merge.collect()
    (parts / "b.po").write_text(merge.as_po(entries), "utf-8")
    again, wrong = merge.collect()
    assert wrong == []
    assert [(e.message, e.chinese) for e in again.values()] == [('say "no"\nnow', "说“不”\n现在")]


def test_one_word_said_two_ways_is_named_with_both_files(merge: ModuleType, parts: Path) -> None:
    (parts / "a.po").write_text('msgid "Held"\nmsgstr "暂扣"\n', "utf-8")
    (parts / "b.po").write_text('msgid "Held"\nmsgstr "扣留"\n', "utf-8")
    _entries, wrong = merge.collect()
    assert len(wrong) == 1
    assert "a.po" in wrong[0]
    assert "b.po" in wrong[0]


def test_a_placeholder_the_english_does_not_have_is_refused(merge: ModuleType, parts: Path) -> None:
    (parts / "a.po").write_text('msgid "%(n)s days"\nmsgstr "%(days)s 天"\n', "utf-8")
    _entries, wrong = merge.collect()
    assert "%(days)s" in wrong[0]


def test_a_broken_part_is_refused_with_its_line(merge: ModuleType, parts: Path) -> None:
    (parts / "a.po").write_text('msgid "Held"\nmsgstr 暂扣\n', "utf-8")
    with pytest.raises(merge.Broken, match=r"a\.po, line 2"):
        merge.collect()


def test_the_words_of_templates_are_found_as_django_asks_for_them(merge: ModuleType) -> None:
    template = (
        '{% load i18n %}{% translate "Desk" %}{{ _("Clock") }}{% translate "May" context "month" %}'
        "{% blocktranslate count n=n %}{{ n }} row{% plural %}{{ n }} rows{% endblocktranslate %}"
        '{% include "x.html" with label=_("Close (now)") %}'
    )
    found = set(merge.in_template(template, Path("x.html")))
    assert found == {(None, "Desk"), (None, "Clock"), ("month", "May"), (None, "%(n)s row"), (None, "Close (now)")}


def test_the_words_of_modules_are_found_with_their_context(merge: ModuleType) -> None:
    source = 'a = _("one " "two")\nb = pgettext_lazy("finding", "applies")\nc = ngettext("%(n)d a", "%(n)d b", 2)\n'
    found = set(merge.in_module(source, Path("x.py")))
    assert found == {(None, "one two"), ("finding", "applies"), (None, "%(n)d a")}
