"""From which score a match is proposed: by list, kind of party and role."""

from __future__ import annotations

from typing import Any

import pytest

from config.checks import match_policy
from screening import policy, services
from screening.models import Batch
from screening.policy import BadPolicy, read
from screening.services import batches, sheet, touching
from screening.services.asking import ask
from screening.shapes import Subject
from tests.screening.build import FORTY, SDN, file_of, row

RULES = """
- {list: EL, threshold: 0.05}
- {list: EL, role: forwarding_agent, threshold: 0.4}
- {type: vessel, threshold: 0.3}
"""


@pytest.mark.parametrize(
    ("list_code", "kind", "roles", "expected"),
    [
        ("SDN", "Entity", (), 0.1),
        ("EL", "", (), 0.05),
        ("SDN", "Vessel", (), 0.3),
        ("EL", "", ("forwarding_agent",), 0.4),
        ("EL", "", ("forwarding_agent", "end_user"), 0.05),
    ],
)
def test_the_rule_that_says_most_applies_and_of_several_roles_the_strictest(
    list_code: str, kind: str, roles: tuple[str, ...], expected: float
) -> None:
    assert read(RULES, 0.1).threshold(list_code, kind, roles) == expected


def test_the_matcher_is_asked_for_the_lowest_threshold_of_all() -> None:
    assert read(RULES, 0.1).least == 0.05
    assert read("", 0.1).least == 0.1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{list: EL", "cannot be read"),
        ("missing-policy.yaml", "cannot be read"),
        ("list: EL", "is not a list of rules"),
        ("- EL", "rule 1 is not a set of fields"),
        ("- {list: EL, treshold: 0.2}", "rule 1 has the field 'treshold'"),
        ("- {threshold: 0.2}", "rule 1 says neither list, type nor role"),
        ("- {list: EL, threshold: 0.2}\n- {list: ELL, threshold: 0.2}", "rule 2: there is no list 'ELL'"),
        ("- {type: ship, threshold: 0.2}", "there is no type 'ship'"),
        ("- {list: EL}", "rule 1 has no threshold"),
        ("- {list: EL, threshold: 5}", "the threshold is 5"),
        ("- {list: EL, threshold: 0.99}", "the threshold is 0.99"),
        ("- {list: EL, threshold: yes}", "the threshold is True"),
    ],
)
def test_a_policy_with_a_mistake_says_which_rule_and_what_to_write(text: str, says: str) -> None:
    with pytest.raises(BadPolicy, match=says.replace("(", r"\(")):
        read(text, 0.1)


def test_the_product_does_not_start_with_a_policy_it_cannot_keep(settings: Any) -> None:
    settings.GATEHOUSE_MATCH_THRESHOLDS = "[{list: XX, threshold: 0.2}]"
    assert [found.id for found in match_policy(None)] == ["gate.E006"]
    settings.GATEHOUSE_MATCH_THRESHOLDS = "[{role: enduser, threshold: 0.2}]"
    assert "no role 'enduser'" in match_policy(None)[0].msg
    settings.GATEHOUSE_MATCH_THRESHOLDS = "[{role: end_user, threshold: 0.2}]"
    assert match_policy(None) == []


def test_a_stricter_list_proposes_what_the_others_do_not(lists: Any, settings: Any) -> None:
    nearly = Subject("party:1", ("Quartz Lantern Computer Labs",))
    settings.GATEHOUSE_MATCH_THRESHOLD = 0.9
    quiet = services.screen([nearly])
    settings.GATEHOUSE_MATCH_THRESHOLDS = "[{list: EL, threshold: 0.05}]"
    asked = services.screen([nearly])
    assert quiet.matches.count() == 0
    assert asked.matches.count() == 1
    assert policy.current().base == 0.9


def test_a_role_is_no_part_of_what_was_compared() -> None:
    plain, agent = Subject("party:1", ("Marble",)), Subject("party:1", ("Marble",), roles=("forwarding_agent",))
    assert plain.fingerprint == agent.fingerprint


STRICT = "[{list: EL, threshold: 0.05}]"


def test_a_run_keeps_the_policy_it_was_made_by(lists: Any, settings: Any) -> None:
    settings.GATEHOUSE_MATCH_THRESHOLDS = STRICT
    run = services.screen([Subject("party:1", ("Quartz Lantern Computer Labs",))])
    settings.GATEHOUSE_MATCH_THRESHOLDS = ""
    run.refresh_from_db()
    assert run.policy == read(STRICT, 0.25)
    assert str(run.policy) == "0.25; EL 0.05"


def test_what_was_searched_by_another_policy_is_out_of_date(lists: Any, settings: Any) -> None:
    run = services.screen([Subject("party:1", ("Marble",))])
    assert run.searched_key == services.current_searched()
    settings.GATEHOUSE_MATCH_THRESHOLDS = STRICT
    assert run.searched_key != services.current_searched()


def test_another_policy_concerns_everybody_who_was_screened_before(lists: Any, settings: Any) -> None:
    batch = Batch.objects.get(pk=batches.begin_rescreening(cases=[], parties=["party:1"], by="mira", because="asked"))
    assert touching.changed_since(batch) is not None
    settings.GATEHOUSE_MATCH_THRESHOLDS = STRICT
    assert touching.changed_since(batch) is None


def test_a_spreadsheet_is_searched_by_the_policy_it_was_handed_in_under(lists: Any, settings: Any) -> None:
    settings.GATEHOUSE_MATCH_THRESHOLD = 0.9
    settings.GATEHOUSE_MATCH_THRESHOLDS = STRICT
    rows = sheet.rows("ours.csv", b"query\nQuartz Lantern Computer Labs\n")
    pk = batches.take_in(rows, by="mira", title="ours.csv", sha256="0" * 64)
    settings.GATEHOUSE_MATCH_THRESHOLDS = ""
    batches.work(pk)
    assert [hit["list"] for hit in Batch.objects.get(pk=pk).rows.get().hits] == ["EL"]


@pytest.fixture
def crowded(db: Any, tmp_path: Any, settings: Any) -> None:
    """One entry of a list that is asked about from a low score on, behind thirty surer ones of a list that is not."""
    others = [row("Quartz Lantern Computing", source=SDN, _id=f"sdn-{n}", entity_number=str(n)) for n in range(30)]
    nearly = row("Quartz Lanthorn Laboratories Computation", _id="el-1")
    services.refresh(file_of(tmp_path, [*FORTY, *others, nearly], "crowd.csv"), by="mira")
    settings.GATEHOUSE_MATCH_THRESHOLD = 0.9
    settings.GATEHOUSE_MATCH_THRESHOLDS = "[{list: EL, threshold: 0.001}]"


def test_surer_names_of_another_list_push_out_nothing_that_the_policy_asks_about(crowded: None) -> None:
    asked = "Quartz Lantern Computing Laboratory"
    rows = sheet.rows("ours.csv", f"query\n{asked}\n".encode())
    pk = batches.take_in(rows, by="mira", title="ours.csv", sha256="0" * 64)
    batches.work(pk)
    assert "el-1" in [hit["entity_id"] for hit in Batch.objects.get(pk=pk).rows.get().hits]
    assert "EL" in [hit.listed.list_code for hit in services.look_up(asked).hits]
    assert "el-1" in [hit.entity_id for hit in ask([asked]).hits]


def test_a_look_up_says_how_many_it_does_not_show(crowded: None, settings: Any) -> None:
    settings.GATEHOUSE_MATCH_THRESHOLD = 0.001
    answer = services.look_up("Quartz Lantern Computing")
    assert len(answer.hits) == 25
    assert answer.more >= 5
