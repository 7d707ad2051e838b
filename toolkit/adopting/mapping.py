"""The sheet that shows what was decided, as lines to correct; and the decisions made again from what the clerk chose."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b

from ..excel.listings.mapping import Line
from ..model import Catalog
from ..personal import without
from ..rows.casting.text import fold
from .content import text_of
from .model import AS_WRITTEN, ASKED, GUESSED, LEFT, MONTH_DAY, SPLIT, TAKEN, Decided, Decision, Table, Whole
from .take import Adopted, refused
from .words import Words

NOTHING, WITHHELD, DOT = "不取", "（不显示）", "·"
YEAR, NAME, CODE = "单位/填报年度", "单位/单位全称", "单位/单位编码"
_SAMPLES, _LONGEST = 3, 24
_WAY = re.compile(r"（(按“月\.日”读|拆开)）$")
Answers = Mapping[str, str]  # key of a line -> what the clerk chose


def group_of(table: Table, ledger: str) -> str:
    """Returns the key of all tables of one layout that look like the same ledger."""
    plain = fold(f"{table.signature}|{ledger}")
    return blake2b(plain.encode(), digest_size=4).hexdigest()


def table_key(decision: Decision) -> str:
    """Returns the key of a whole-table value, which differs between tables of one layout."""
    return f"{decision.table.sheet}#{decision.table.number}"


def label(catalog: Catalog, ledger: str, fields: Sequence[str], way: str = "") -> str:
    """Returns fields as the clerk reads and chooses them: 组织生活·应到人数／实到人数（拆开）."""
    if not fields:
        return ""
    own = catalog.ledgers[ledger]
    said = f"{own.title}{DOT}{'／'.join(own.field(f).title for f in fields)}"
    return f"{said}（{way}）" if way and (way == MONTH_DAY or len(fields) > 1) else said


def targets(catalog: Catalog) -> list[str]:
    """Returns all that a column may be taken as."""
    return [NOTHING] + [
        label(catalog, x.name, (f.name,))
        for x in catalog.ledgers.values()
        for f in x.fields
        if not f.calc and f.name != "rec_id"
    ]


def parse(catalog: Catalog, ledger: str, said: str) -> tuple[tuple[str, ...], str] | None:
    """Returns the fields and the way that a chosen label names; None if they are none of the ledger's."""
    way = m[1] if (m := _WAY.search(said)) else ""
    title, _, names = _WAY.sub("", said).partition(DOT)
    own = catalog.ledgers[ledger]
    known = {fold(f.title): f.name for f in own.fields if not f.calc}
    fields = (
        [known.get(fold(n), "") for n in re.split("[／/]", names)]
        if fold(f"{names}") not in known
        else [known[fold(names)]]
    )
    if fold(title) != fold(own.title) or not fields or not all(fields):
        return None
    return tuple(fields), way or (SPLIT if len(fields) > 1 else "")


# ------------------------------------------------------------------ applying


@dataclass(frozen=True)
class Learnt:
    """A title that the clerk decided otherwise than the product."""

    ledger: str
    title: str
    field: str


def ledger_chosen(catalog: Catalog, answers: Answers, group: str) -> str | None:
    """Returns the ledger that the clerk chose for a layout, "" for none; None if nothing was chosen."""
    said = answers.get(group)
    if not said:
        return None
    if fold(said) == NOTHING:
        return ""
    return next((x.name for x in catalog.ledgers.values() if fold(x.title) == fold(said)), None)


def applied(
    catalog: Catalog, words: Words, decision: Decision, group: str, answers: Answers
) -> tuple[Decision, list[Learnt]]:
    """Returns the decision with what the clerk chose on the sheet, and what was thereby learnt.

    A column of a kind that is never taken stays untaken, whatever the sheet says.
    """
    if not decision.ledger or not answers:
        return decision, []
    columns: list[Decided] = []
    learnt: list[Learnt] = []
    for n, made in enumerate(decision.columns):
        said = answers.get(f"{group}/{n}")
        columns.append(made if said is None or made.private else _chosen(catalog, decision, made, said))
        new = columns[-1]
        if new is not made and new.state == TAKEN and len(new.fields) == 1 and not (new.way or made.state == TAKEN):
            learnt.append(Learnt(decision.ledger, decision.table.columns[n].title, new.fields[0]))
    whole = tuple(_whole_chosen(words, w, answers.get(f"{table_key(decision)}/{w.field}")) for w in decision.whole)
    return replace(decision, columns=tuple(columns), whole=whole), learnt


def _chosen(catalog: Catalog, decision: Decision, made: Decided, said: str) -> Decided:
    if not said:
        return made if made.state in (ASKED, LEFT) else replace(made, state=ASKED, fields=(), reason="对照表上没有定")
    if fold(said) == NOTHING:
        return replace(made, state=LEFT, fields=(), reason="对照表上定为不取")
    told = parse(catalog, decision.ledger, said)
    if told is None:
        title = catalog.ledgers[decision.ledger].title
        return replace(made, state=ASKED, fields=(), reason=f"“{said}”不是“{title}”的栏目，请重选")
    fields, way = told
    same = fields == made.fields
    return replace(
        made, state=TAKEN, fields=fields, way=way, reason=made.reason if same and made.state == TAKEN else "按对照表"
    )


def _whole_chosen(words: Words, w: Whole, said: str | None) -> Whole:
    if said is None:
        return w
    if not said or fold(said) == NOTHING:
        return replace(
            w, value="", state=ASKED if not said else LEFT, reason="对照表上没有定" if not said else "对照表上定为不取"
        )
    if refused(words, said):
        return replace(w, value="", state=LEFT, reason="含个人号码，不取")
    return replace(w, value=said, state=TAKEN, reason="按对照表")


# ------------------------------------------------------------------ showing


def lines_of(catalog: Catalog, words: Words, made: Sequence[Adopted], groups: Mapping[int, str]) -> Iterator[Line]:
    """Yields the lines of all decisions: one block for each layout, whatever number of tables has it.

    `groups` holds the key of the layout by the id of the decision.
    """
    blocks: dict[str, list[tuple[Adopted, Decision]]] = {}
    for adopted in made:
        for d in adopted.decisions:
            blocks.setdefault(groups[id(d)], []).append((adopted, d))
    for group, found in blocks.items():
        yield from _block(catalog, words, group, found)


def _block(catalog: Catalog, words: Words, group: str, found: Sequence[tuple[Adopted, Decision]]) -> Iterator[Line]:
    first = found[0][1]
    table, title = first.table, catalog.ledgers[first.ledger].title if first.ledger else ""
    sheets = _few(list(dict.fromkeys(d.table.sheet for _, d in found)), "张")
    others = "、".join(catalog.ledgers[o].title for o in first.choice.others)
    state = TAKEN if first.ledger else ASKED if first.choice.open else LEFT
    lines = [t for t, _ in table.titles if not words.kind_of_private(t)]
    named = without(" ".join(" ".join(lines).split())) or "（没有标题）"
    yield Line(
        group, sheets, f"第{table.number}张表", f"【整张表】{named}", f"{sum(len(d.table.records) for _, d in found)}行", state,
        title or ("" if first.choice.open else NOTHING), first.choice.reason, others, options="tables",
    )  # fmt: skip
    done: set[str] = set()
    for _, d in found:
        for w in d.whole:
            key = f"{table_key(d)}/{w.field}"
            if key in done:
                continue
            done.add(key)
            name = catalog.ledgers[d.ledger].field(w.field).title
            yield Line(key, d.table.sheet, f"第{d.table.number}张表", f"【整张表】{name}", "", w.state, w.value, w.reason, "、".join(w.choices), options="free")  # fmt: skip
    for n, column in enumerate(table.columns):
        made = first.columns[n]
        cells = [(a, d.table.sheet, c) for a, d in found for c in d.table.cells(n) if not c.lent]
        fates = [a.fates.reasons[s].get(c.spot, "") for a, s, c in cells]
        taken = sum(f in (TAKEN, GUESSED, AS_WRITTEN) for f in fates)
        choices = "、".join(label(catalog, first.ledger, c, made.way) for c in made.choices) if first.ledger else ""
        yield Line(
            f"{group}/{n}", sheets, column.letters, column.shown,
            _samples(words, made, [c.value for _, _, c in cells]), made.state,
            _target(catalog, first, made), made.reason, choices, taken, len(cells) - taken,
        )  # fmt: skip


def _target(catalog: Catalog, decision: Decision, made: Decided) -> str:
    if made.state == LEFT:
        return NOTHING
    return label(catalog, decision.ledger, made.fields, made.way) if made.fields else ""


def _few(names: Sequence[str], classifier: str) -> str:
    return "、".join(names[:3]) + (f"等{len(names)}{classifier}" if len(names) > 3 else "")


def _samples(words: Words, made: Decided, values: Sequence[object]) -> str:
    """Returns a few of the values; nothing of what is never taken."""
    if made.private:
        return WITHHELD
    texts = dict.fromkeys(WITHHELD if refused(words, v) else " ".join(text_of(v).split()) for v in values)
    few = [t if len(t) <= _LONGEST else f"{t[: _LONGEST - 1]}…" for t in texts][:_SAMPLES]
    return "；".join(few)
