"""A public version (是否公开版): names, small head-counts and declared magnitudes are masked wherever they could stand."""

from __future__ import annotations

import re
import tempfile
import zipfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.small_city import org, party_day, unit, write
from support.templates import build

from toolkit.cli.main import main
from toolkit.documents.evidence import write_annex
from toolkit.documents.fill import Look, fill
from toolkit.documents.refresh import refresh
from toolkit.documents.verify import verify
from toolkit.errors import CannotRun
from toolkit.excel.reading.read import read_book
from toolkit.model import MASKED, PUBLIC, Catalog, Figure, may_go
from toolkit.submissions.exchange.public import public_last, public_version
from toolkit.submissions.source import Source, open_source
from toolkit.word.edited.paragraphs import open_document
from toolkit.word.lint.check import check_document
from toolkit.wording.masks import discreet, masked

COMMON = {"org_id": "DZ001", "scope": "支部", "date": "2026-06-30", "est": False, "src": "名册", "status": "已核"}


def promoted(n: int, **more: Any) -> dict[str, Any]:
    return {**COMMON, "kind": "提拔", "person_n": n, "doc_no": "示组〔2026〕1号", **more}


def office(catalog: Catalog, folder: Path, n: int = 3, public: bool = True, **rows: Any) -> Path:
    """A unit whose front page says 是否公开版＝是, in which `n` people were promoted and 王小明 was the host."""
    told = {
        "org": [org(secretary="欧阳锋华")],
        "orglife": [
            party_day(3, topic="读书荐书", host="王小明", recorder="李四", due_n=40, present_n=3, absent_reason="公务")
        ],
        "cadre": [promoted(n)],
        **rows,
    }
    values = unit("A001", "某某市测试局", filler="赵六", approver="钱七八", public_version=public)
    return write(catalog, folder / "局.xlsx", values, told)


def xml(path: Path) -> str:
    with zipfile.ZipFile(path) as archive:
        return "".join(archive.read(n).decode() for n in archive.namelist() if n.endswith((".xml", ".rels")))


def text(path: Path) -> str:
    return "\n".join(p.text for p in open_document(path).paragraphs)


def printed(catalog: Catalog, source: Path | Source, folder: Path, *lines: str, **look: Any) -> str:
    """What a template of one's own prints."""
    template = build(folder / "模板.docx", *lines)
    fill(catalog, "situation", source, folder / "文.docx", Look(template=template, **look))
    return text(folder / "文.docx")


@pytest.fixture
def name(catalog: Catalog) -> str:
    """The indicator that counts the people promoted."""
    return next(i.name for i in catalog.indicators.values() if i.name == "提拔干部")


def test_the_front_page_decides_and_the_option_too(catalog: Catalog, tmp_path: Path) -> None:
    assert "党员" in catalog.indicators["党员总数"].title
    line = "开展主题党日{{ 主题党日_支部 }}。"
    for said, asked, public in ((True, None, True), (False, None, False), (False, True, True), (True, False, False)):
        book = office(catalog, tmp_path, public=said)
        printed(catalog, book, tmp_path, line, public=asked)
        assert ("DJ_pubown_" in xml(tmp_path / "文.docx")) == public, (said, asked)


def test_few_people_are_masked_in_text_number_cell_and_narrative(catalog: Catalog, name: str, tmp_path: Path) -> None:
    book = office(catalog, tmp_path)
    lines = (
        f"提拔{{{{ {name} }}}}，即{{{{ {name}.数 }}}}。",
        "{% for r in 台账.组织生活 %}应到{{ r.应到人数 }}，实到{{ r.实到人数 }}。{% endfor %}",
    )
    assert printed(catalog, book, tmp_path, *lines) == "提拔××名，即××。\n应到40，实到。"


@pytest.mark.parametrize(("n", "said"), [(1, "××名"), (4, "××名"), (5, "5名"), (12, "12名")])
def test_less_than_five_people_are_few(catalog: Catalog, name: str, tmp_path: Path, n: int, said: str) -> None:
    assert printed(catalog, office(catalog, tmp_path, n), tmp_path, f"提拔{{{{ {name} }}}}。") == f"提拔{said}。"


def test_nothing_can_be_computed_from_a_masked_number(catalog: Catalog, name: str, tmp_path: Path) -> None:
    book = office(catalog, tmp_path)
    assert printed(catalog, book, tmp_path, f"{{% if {name} > 0 %}}有{{% endif %}}") == "有"
    for use in (f"{{{{ {name}.值 + 1 }}}}", f"{{% if {name} > 2 %}}多{{% endif %}}"):
        with pytest.raises(CannotRun, match="公开版中不印出"):
            printed(catalog, book, tmp_path, use)


def test_declared_magnitudes_are_masked_whatever_their_size(catalog: Catalog, tmp_path: Path) -> None:
    members = {**COMMON, "full_n": 180, "prob_n": 2, "serving_n": 150, "retired_n": 32}
    book = office(catalog, tmp_path, membership=[members], org=[org(full_n=180, prob_n=2)])
    assert printed(catalog, book, tmp_path, "党员{{ 党员总数 }}。") == "党员××名。"
    assert not may_go(catalog.indicators["党员总数"], PUBLIC)


def test_last_year_s_number_and_the_difference_go_with_it(catalog: Catalog, name: str, tmp_path: Path) -> None:
    line = f"主题党日{{{{ 主题党日_支部 }}}}，提拔上年{{{{ {name}.上年 }}}}，{{{{ {name}.同比 }}}}。"
    assert printed(catalog, office(catalog, tmp_path), tmp_path, line) == "主题党日1次。"


def test_names_are_masked_wherever_they_stand(catalog: Catalog, tmp_path: Path) -> None:
    """Those of rows that do not count, and of the front page, too."""
    rows = [
        party_day(4, topic="王小明谈读书", host="周九", status="草稿"),
        party_day(5, topic="欧阳锋华、周九和李四谈心"),
    ]
    book = office(catalog, tmp_path, orglife=[party_day(3, host="王小明", recorder="李四"), *rows])
    said = printed(catalog, book, tmp_path, "{% for r in 台账.组织生活 %}{{ r.主题议题 }}。{% endfor %}")
    assert said == "主题3。欧阳某某、周某和李某谈心。"


def test_what_a_person_types_is_masked_as_well(catalog: Catalog) -> None:
    told = discreet(catalog, {"王小明", "书记", "A"}, ())
    assert told("书记王小明带领3名党员走访12名群众，发放2万元，至少1名党员到会") == (
        "书记王某某带领××名党员走访12名群众，发放2万元，至少1名党员到会"
    )


def test_the_clerk_s_own_number_of_a_masked_figure_is_masked(catalog: Catalog, tmp_path: Path) -> None:
    members = {**COMMON, "full_n": 180, "prob_n": 2}
    source = open_source(catalog, office(catalog, tmp_path, membership=[members], org=[org(full_n=180, prob_n=2)]))
    assert public_version(source).told("现有182名党员，订阅182份") == "现有××名党员，订阅182份"


def test_verify_and_refresh_know_a_public_version(catalog: Catalog, name: str, tmp_path: Path) -> None:
    """From 3 to 4 nothing changes; from 3 to 12 the mask gives way to the number, and back."""
    out, new = tmp_path / "文.docx", tmp_path / "新.docx"
    few = open_source(catalog, office(catalog, tmp_path))
    printed(catalog, few, tmp_path, f"提拔{{{{ {name} }}}}。")
    assert [r.code for r in verify(catalog, out, few) if r.code != "V15"] == []
    (tmp_path / "4").mkdir()
    assert refresh(catalog, out, office(catalog, tmp_path / "4", 4), tmp_path / "同.docx").changed == ()
    (tmp_path / "12").mkdir()
    many = open_source(catalog, office(catalog, tmp_path / "12", 12))
    assert [r.code for r in verify(catalog, out, many) if r.code != "V15"] == ["V01"]
    refresh(catalog, out, many, new)
    assert text(new) == "提拔12名。"
    refresh(catalog, new, few, tmp_path / "再.docx")
    assert text(tmp_path / "再.docx") == "提拔××名。"


def test_a_mask_that_somebody_uncovers_is_reported(catalog: Catalog, name: str, tmp_path: Path) -> None:
    from toolkit.word.ooxml import MAIN

    source = open_source(catalog, office(catalog, tmp_path))
    printed(catalog, source, tmp_path, f"提拔{{{{ {name} }}}}。")
    with zipfile.ZipFile(tmp_path / "文.docx") as old, zipfile.ZipFile(tmp_path / "改.docx", "w") as new:
        for n in old.namelist():
            data = old.read(n)
            new.writestr(n, data.replace("××名".encode(), "3名".encode()) if n == MAIN else data)
    found = [r for r in verify(catalog, tmp_path / "改.docx", source) if r.code != "V15"]
    assert [r.code for r in found] == ["V02"] and "××名" in found[0].message


def test_the_evidence_of_a_mask_tells_neither_number_nor_cells(catalog: Catalog, name: str, tmp_path: Path) -> None:
    book = office(catalog, tmp_path)
    printed(catalog, book, tmp_path, f"提拔{{{{ {name} }}}}。")
    write_annex(catalog, tmp_path / "文.docx", book, tmp_path / "出处.xlsx")
    (grid,) = read_book(tmp_path / "出处.xlsx").grids.values()
    row = next(r for r in grid.cells if "××名" in r)
    assert [str(v) for v in row[-2:]] == ["公开版不印", "公开版不印"]


def test_lint_does_not_mind_its_own_masks(catalog: Catalog, name: str, tmp_path: Path) -> None:
    book = office(catalog, tmp_path)
    printed(catalog, book, tmp_path, f"提拔{{{{ {name} }}}}。", "另有○○名党员到会。")
    found = [b.text for b in check_document(catalog, open_document(tmp_path / "文.docx")) if b.code == "K11"]
    assert found == ["○○"]
    printed(catalog, book, tmp_path, "另有××名。", public=False)
    found = [b.text for b in check_document(catalog, open_document(tmp_path / "文.docx")) if b.code == "K11"]
    assert found == ["××"]


def test_lists_of_names_that_do_not_go_to_the_public_are_empty(catalog: Catalog, tmp_path: Path) -> None:
    source = open_source(catalog, office(catalog, tmp_path))
    assert source.rolls["党日主题"].names == ("读书荐书",)
    fields = tuple(replace(f, audience="upward") if f.name == "topic" else f for f in catalog.ledgers["orglife"].fields)
    shut = replace(catalog, ledgers={**catalog.ledgers, "orglife": replace(catalog.ledgers["orglife"], fields=fields)})
    source = replace(source, catalog=shut)
    assert source.rolls["党日主题"].names == ("读书荐书",)
    assert public_version(source).rolls["党日主题"].names == ()


def test_charts_leave_out_series_in_which_persons_are_few(catalog: Catalog, name: str, tmp_path: Path) -> None:
    from toolkit.documents.charting.declared import _discreet
    from toolkit.excel.parts.chart import Drawn
    from toolkit.standard.yamlmap import Map

    source = open_source(catalog, office(catalog, tmp_path, 30))
    title, days = catalog.indicators[name].title, catalog.indicators["主题党日_支部"].title
    spec = Map({"kind": "months", "indicators": [name, "主题党日_支部"]})
    drawn = Drawn("months", "按月", ["1月", "2月"], {title: [3, 27], days: [1, 2]})
    assert _discreet(spec, source, drawn).series == {days: [1, 2]}
    assert _discreet(spec, source, replace(drawn, series={title: [8, 22]})).series == {title: [8, 22]}


def test_last_year_s_few_are_masked_though_this_year_s_are_many(catalog: Catalog, name: str, tmp_path: Path) -> None:
    source = public_version(open_source(catalog, office(catalog, tmp_path, 30)))
    last = {name: Decimal(3), "主题党日_支部": Decimal(2), "党员总数": Decimal(300)}
    found = public_last(source, last)
    assert {n: found[n] for n in last} == {name: None, "主题党日_支部": Decimal(2), "党员总数": None}


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.builds("".join, st.tuples(st.sampled_from("王李张赵钱孙"), st.text("隐匿讳遁藏晦", min_size=1, max_size=2))),
        min_size=6,
        max_size=6,
        unique=True,
    ),
    st.integers(1, 4),
)
def test_no_private_value_of_any_cell_is_in_the_document(
    catalog: Catalog, name: str, people: list[str], n: int
) -> None:
    """Neither in its text nor in its XML: of whatever document, from whatever the clerk wrote."""
    a, b, c, d, e, f = people
    with tempfile.TemporaryDirectory() as folder:
        rows = {
            "org": [org(secretary=a)],
            "orglife": [party_day(3, host=f"{b}、{c}", recorder=d, topic=f"{c}讲党课")],
            "cadre": [promoted(n)],
            "narrative": [
                {
                    "document": t.title,
                    "passage": p.id,
                    "seq": 1,
                    "text": f"{p.id}由{e}与{f}负责，{b}{n}名，【{name}】。",
                }
                for t in catalog.documents.values()
                for p in t.passages
            ],
        }
        values = unit("A001", "某某市测试局", filler=e, approver=f, public_version=True, brand=f"{a}读书会")
        source = open_source(catalog, write(catalog, Path(folder) / "a.xlsx", values, rows))
        for d_ in (x for x in catalog.documents.values() if x.source == "unit"):
            fill(catalog, d_, source, Path(folder) / "a.docx", Look(draft=True))
            said = xml(Path(folder) / "a.docx")
            assert [p for p in people if p in said] == [], d_.title
            assert not re.search(rf"(?<!\d){n}名", text(Path(folder) / "a.docx")), d_.title


def test_the_command(catalog: Catalog, tmp_path: Path) -> None:
    book = office(catalog, tmp_path, public=False)
    done = CliRunner().invoke(
        main, ["fill", "situation", str(book), "-o", str(tmp_path / "公开.docx"), "--draft", "--public"]
    )
    assert done.exit_code in (0, 1), done.output
    assert "公开版" in done.output and "DJ_pubdoc_situation" in xml(tmp_path / "公开.docx")


def test_figures_of_a_public_version_hold_no_number(catalog: Catalog, name: str, tmp_path: Path) -> None:
    f = public_version(open_source(catalog, office(catalog, tmp_path))).figures[name]
    assert (f.state, f.value, f.numerator, f.denominator, f.cells) == (MASKED, None, None, None, 0)


def test_every_document_can_be_public_and_verified(catalog: Catalog, tmp_path: Path) -> None:
    """Also those whose title names a quarter or a month."""
    source = open_source(catalog, office(catalog, tmp_path))
    for d in (x for x in catalog.documents.values() if x.source == "unit"):
        fill(catalog, d, source, tmp_path / "a.docx", Look(draft=True))
        found = {r.code for r in verify(catalog, tmp_path / "a.docx", source)}
        assert not found & {"V01", "V02", "V05", "V06", "V08", "V09", "V15"}, d.title
        assert [b.text for b in check_document(catalog, open_document(tmp_path / "a.docx")) if b.code == "K11"] == []


def test_the_same_number_of_the_same_things_is_masked_too(catalog: Catalog) -> None:
    own = catalog.indicators
    secret = next(i for i in own.values() if not may_go(i, PUBLIC) and i.classifier == "名")
    open_ = next(i for i in own.values() if may_go(i, PUBLIC) and i.classifier == "名" and not i.denominator)
    figures = {i.name: Figure(i, "known", value, "", "2026") for i, value in ((secret, 44), (open_, 44))}
    assert {f.state for f in masked(catalog, figures).values()} == {MASKED}
    figures[open_.name] = replace(figures[open_.name], value=45)
    assert masked(catalog, figures)[open_.name].value == 45
