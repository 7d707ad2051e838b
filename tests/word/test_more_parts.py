"""What a document gets besides its text is related and typed once, whatever its parts looked like before."""

from __future__ import annotations

import pytest
from lxml import etree

from toolkit.word.more_parts import MoreParts

TYPES = b'<Types xmlns="t"><Default Extension="rels" ContentType="r"/></Types>'
STORIES = {"word/document.xml": b'<a r:embed="rIdpicture1"/>', "word/header1.xml": b'<a r:embed="rIdpicture1"/>'}


@pytest.mark.parametrize(
    "before",
    [None, b'<Relationships xmlns="x"/>', b'<Relationships xmlns="x"><Relationship Id="rId1"/></Relationships>'],
)
def test_every_text_that_shows_a_picture_is_related_to_it(before: bytes | None) -> None:
    path = "word/_rels/header1.xml.rels"
    more = MoreParts({"[Content_Types].xml": TYPES, **({path: before} if before else {})}, STORIES)
    for number in (1, 2):
        more.add(f"media/picture{number}.png", b"", "image/png")
    more.relate("rIdpicture1", "image", "media/picture1.png")
    for name in (path, "word/_rels/document.xml.rels"):
        found = [r.get("Id") for r in etree.fromstring(more.made[name])]
        assert found == [*(["rId1"] if before and b"rId1" in before and name == path else []), "rIdpicture1"]
    types = etree.fromstring(more.made["[Content_Types].xml"])
    assert [t.get("Extension") for t in types] == ["png", "rels"]  # once for both


def test_a_part_of_its_own_kind_and_what_it_relates_to() -> None:
    more = MoreParts({"[Content_Types].xml": TYPES}, STORIES)
    more.add("charts/dj1.xml", b"<c/>", "chart")
    more.relate_from("charts/dj1.xml", "rId1", "package", "../embeddings/dj1.xlsx")
    assert b'PartName="/word/charts/dj1.xml"' in more.made["[Content_Types].xml"]
    (relation,) = etree.fromstring(more.made["word/charts/_rels/dj1.xml.rels"])
    assert relation.get("Target") == "../embeddings/dj1.xlsx"
