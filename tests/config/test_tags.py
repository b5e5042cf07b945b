"""Words, numbers and dates as the pages write them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.template import engines
from django.utils import translation

from config import drawings, tags


def render(source: str, **values: object) -> str:
    return engines["django"].from_string("{% load gatehouse %}" + source).render(values)


def test_a_day_is_written_in_the_language_of_the_reader() -> None:
    with translation.override("en"):
        assert tags.day(date(2026, 11, 21)) == "21 Nov 2026"
    with translation.override("zh-hans"):
        assert tags.day(date(2026, 11, 21)) == "2026年11月21日"


def test_a_moment_carries_a_machine_readable_time() -> None:
    with translation.override("en"):
        written = tags.when(datetime(2026, 11, 21, 6, 5, tzinfo=UTC))
    assert written == '<time datetime="2026-11-21T06:05:00+00:00">21 Nov 2026, 06:05</time>'


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (15832, "15,832"),
        (Decimal("5.920"), "5.92"),
        (Decimal("1E+3"), "1,000"),
        (0, "0"),
        (None, ""),
        ("unknown", "unknown"),
        (float("nan"), "nan"),
    ],
)
def test_a_number_is_grouped_and_keeps_what_it_says(value: object, written: str) -> None:
    assert tags.number(value) == written


def test_an_amount_names_its_currency() -> None:
    assert tags.money(Decimal("1250000.5"), "EUR") == "EUR 1,250,000.50"
    assert tags.money(None) == ""


def test_a_digest_is_shortened_and_a_short_one_left_alone() -> None:
    assert tags.short_digest("9f3c71ab52d04e6c") == "9f3c·71ab"
    assert tags.short_digest("9f3c") == "9f3c"


@pytest.mark.parametrize(
    ("state", "tone"),
    [("under review", "accent"), ("unknown", "unknown"), ("overdue", "open"), ("never heard", "quiet")],
)
def test_a_state_has_its_tone(state: str, tone: str) -> None:
    assert tags.tone(state) == tone


def test_a_badge_says_its_state_by_word_and_shape() -> None:
    html = render('{% include "components/badge.html" with state="refused" label="Refused" %}')
    assert "Refused" in html
    assert "<svg" in html
    assert "tone-refused" in html


def test_what_people_typed_is_escaped_in_a_component() -> None:
    html = render('{% component "panel" title=name %}{{ name }}{% endcomponent %}', name="<b>x</b>")
    assert "<b>x</b>" not in html
    assert html.count("&lt;b&gt;x&lt;/b&gt;") == 2


def test_a_component_does_not_see_the_words_of_the_page_around_it() -> None:
    html = render('{% component "panel" title="Clocks" %}body{% endcomponent %}', count="17 leaked", foot="leaked")
    assert "leaked" not in html


def test_an_icon_with_a_label_is_an_image_and_one_without_is_hidden() -> None:
    assert 'role="img"' in tags.icon("bell", 16, "Inbox")
    assert 'aria-hidden="true"' in tags.icon("bell")


def test_a_long_chinese_name_breaks_between_signs_and_ends_in_an_ellipsis() -> None:
    assert drawings.wrap("临海云计算科技发展有限公司", 13, 2) == ["临海云计算科", "技发展有限公…"]


def test_latin_words_are_kept_whole() -> None:
    assert drawings.wrap("Straits Freight Forwarding Pte Ltd", 18, 3) == ["Straits Freight", "Forwarding Pte Ltd"]


def test_a_clock_bar_places_today_pauses_and_proof_by_calendar_days() -> None:
    bar = drawings.bar(
        date(2026, 11, 1), date(2026, 11, 26), date(2026, 11, 11), [(date(2026, 11, 6), None)], date(2026, 11, 11)
    )
    assert bar.now == 400.0
    assert bar.run == 400.0
    assert bar.pauses == [(200.0, 200.0)]
    assert bar.proof == 400.0
    assert len(bar.cells) == 24


def test_an_overdue_clock_is_full_and_has_no_mark_of_today() -> None:
    bar = drawings.bar(date(2026, 11, 1), date(2026, 11, 11), date(2026, 12, 1))
    assert bar.run == 1000
    assert bar.now is None


def test_the_route_leads_from_the_first_party_to_the_last() -> None:
    drawn = drawings.route([{"name": "A"}, {"name": "B"}, {"name": "C"}], [{"label": "export"}, {"remote": True}])
    assert len(drawn.nodes) == 3
    assert [leg.remote for leg in drawn.legs] == [False, True]
    assert drawn.legs[0].x2 < drawn.nodes[1].x
    assert drawn.nodes[-1].x + drawn.nodes[-1].width <= drawn.width


def test_a_route_of_one_party_and_of_none_can_be_drawn() -> None:
    assert drawings.route([{"name": "A"}]).legs == []
    assert drawings.route([]).nodes == []
