"""Can nothing in a drawing show what its manifest holds, run a program or come from elsewhere without a word of it?"""

from __future__ import annotations

import base64

import pytest

from provenance.credentials.binding.coverage import Coverage
from provenance.formats import read_layout
from tests.provenance.by_hand import STORE, leaving, named, whats, without
from tests.support.authority import make_root, make_signer, sign
from tests.support.effort import grows_no_faster

SVG = "http://www.w3.org/2000/svg"
CARRIED = base64.b64encode(STORE)
RECT = '<rect width="9" height="9"/>'
LINK = 'xmlns:xlink="http://www.w3.org/1999/xlink"'


def drawing(
    inside: str = RECT,
    *,
    before: str = '<?xml version="1.0"?>',
    attributes: str = "",
    metadata: str = "<metadata>",
    manifest: str = "<c2pa:manifest>",
    after: str = "",
    carried: bytes = CARRIED,
    space: str = "http://c2pa.org/manifest",
) -> bytes:
    """A drawing as writers make it, but for what is asked."""
    head = f'{before}<svg xmlns="{SVG}" xmlns:c2pa="{space}" {LINK} {attributes}>{metadata}{manifest}'
    return head.encode() + carried + f"</c2pa:manifest></metadata>{inside}</svg>{after}".encode()


def cover(data: bytes, carried: bytes = CARRIED) -> Coverage:
    return without(data, carried, media_type="image/svg+xml")


@pytest.mark.parametrize(
    "data",
    [
        drawing(),
        drawing(before="\ufeff"),
        drawing(before='<?xml version="1.0" encoding="ISO-8859-1" standalone="no"?>\n<!-- made by hand -->'),
        drawing(metadata='<metadata id="metadata5">'),
        drawing(manifest='<c2pa:manifest xmlns:c2pa="http://c2pa.org/manifest">'),
        drawing(
            before='<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
        ),
        drawing(before='<!DOCTYPE svg [<!ENTITY ns "http://ns.adobe.com/x">]>', attributes='xmlns:i="&ns;"'),
        drawing('<defs><g id="a"/></defs><use xlink:href="#a"/><use href="#a"/>'),
        drawing('<image href="data:image/png;base64,AAAA"/><image href=""/>'),
        drawing(
            "<style>rect{fill:url(#a)} .metadata-label{fill:red} @namespace svg url(http://www.w3.org/2000/svg);</style>"
        ),
        drawing('<rect transform="translate(1,2)" fill="url(#a)" style="filter:url(\'#b\')"/>'),
        drawing('<link xmlns="http://www.w3.org/1999/xhtml" rel="icon" href="data:image/png,a"/>'),
        drawing("<?xml-stylesheet type='text/css' href='#a'?><style id='a'>a{content:'url(b)'}/* url(c) */</style>"),
        drawing('<animate attributeName="x" from="1" to="2" values="1;2"/>'),
        drawing('<g id="b"><text>b</text></g><tref xlink:href="#b"/>'),
        drawing("<style><![CDATA[a > b {c: d}]]></style>", after="\n<!-- end -->\n"),
        drawing('<g xmlns:x="http://example.com/editor" x:href="http://example.com" x:onload="x"/>'),
        drawing('<x:page xmlns:x="http://example.com/editor" href="http://example.com"/>'),
    ],
)
def test_a_drawing_that_stands_by_itself_is_covered(data: bytes) -> None:
    found = cover(data)
    assert named(found) == ["integrity.coverage.full"]
    assert found.is_whole


def test_a_drawing_as_the_engine_signs_it_has_no_doubts() -> None:
    signer = make_signer(make_root())
    for plain in (
        drawing().replace(b"<metadata><c2pa:manifest>" + CARRIED + b"</c2pa:manifest></metadata>", b""),
        drawing().replace(b"<c2pa:manifest>" + CARRIED + b"</c2pa:manifest>", b""),
        drawing().replace(CARRIED, base64.b64encode(b"some test data")),
    ):
        layout = read_layout(sign(signer, plain, media_type="image/svg+xml"), "image/svg+xml")
        assert (len(layout.stores), layout.doubts, layout.complete) == (1, (), True)


@pytest.mark.parametrize(
    ("inside", "what"),
    [
        ("<script>x</script>", "scripts"),
        ('<script href="#a"/>', "scripts"),
        ("<g><s:script xmlns:s='http://www.w3.org/2000/svg'>x</s:script></g>", "scripts"),
        ("<foreignObject><script xmlns='http://www.w3.org/1999/xhtml'>x</script></foreignObject>", "scripts"),
        ('<rect onclick="x"/>', "event handlers"),
        ('<rect ONLOAD="x"/>', "event handlers"),
        ('<set attributeName="onclick" to="x"/>', "event handlers"),
        ('<a href="javascript:x"/>', "scripts"),
        ('<a href=" &#106;ava&#10;script:x"/>', "scripts"),
        ('<animate attributeName="href" values="#a;javascript:x"/>', "scripts"),
        ("<handler type='text/javascript'>x</handler>", "scripts"),
        (
            '<foreignObject><iframe xmlns="http://www.w3.org/1999/xhtml" srcdoc="x"/></foreignObject>',
            "pages in a window",
        ),
        (
            '<foreignObject><iframe xmlns="http://www.w3.org/1999/xhtml" src="data:text/html,x"/></foreignObject>',
            "pages in a window",
        ),
    ],
)
def test_a_program_is_named_and_does_not_pass(inside: str, what: str) -> None:
    found = cover(drawing(inside))
    assert named(found) == ["integrity.script"]
    assert whats(found) == [what]


def test_a_program_in_the_metadata_is_one_too() -> None:
    assert "integrity.script" in named(cover(drawing(manifest="<script>x</script><c2pa:manifest>")))


@pytest.mark.parametrize(
    ("inside", "what"),
    [
        ('<image href="http://a/b.png"/>', "images"),
        ('<image xlink:href="b.png"/>', "images"),
        ('<image xmlns:q="http://www.w3.org/1999/xlink" q:href="//a/b.png"/>', "images"),
        ('<image href="&#104;ttp://a"/>', "images"),
        ('<use href="a.svg#b"/>', "parts of drawings"),
        ('<feImage href="http://a"/>', "images"),
        ('<style>@import "a.css";</style>', "addresses in styles"),
        ("<style>@import url(a.css);</style>", "addresses in styles"),
        ("<style><![CDATA[@font-face{src:url('http://a/b.woff')}]]></style>", "addresses in styles"),
        ("<style>rect{fill:u\\72l(http://a)}</style>", "addresses in styles"),
        ("<style>rect{fill:/**/url(/* */'http://a')}</style>", "addresses in styles"),
        ("<style>@im\\port 'a'</style>", "addresses in styles"),
        ("<rect style=\"mask: image-set('http://a' 1x)\"/>", "addresses in styles"),
        ("<rect style=\"mask: image-set('data:,' 9x, 'http://a' 1x)\"/>", "addresses in styles"),
        ("<style>@imp&#111;rt 'a';</style>", "addresses in styles"),
        ("<style>@imp<![CDATA[ort 'a';]]></style>", "addresses in styles"),
        ("<style>@imp<!-- -->ort 'a';</style>", "addresses in styles"),
        ("<style>@imp<g/>ort 'a';</style>", "addresses in styles"),
        ("<style>&commat;import 'a';</style>", "addresses in styles"),
        ("<style>@charset '/*';@import 'a';/**/</style>", "addresses in styles"),
        ("<rect style=\"--a:'/*';fill:url(http://a);--b:'*/'\"/>", "addresses in styles"),
        ('<h:video xmlns:h="http://www.w3.org/1999/xhtml" src="data:application/x-mpegURL,a"/>', "films"),
        ('<rect fill="url(a.svg#b)"/>', "addresses in styles"),
        ('<rect filter="\\75 rl(a.svg#b)"/>', "addresses in styles"),
        ('<animate attributeName="href" to="http://a"/>', "images"),
        ('<set attributeName="xlink:href" values="#a;b.png"/>', "images"),
        ('<font-face-uri xlink:href="http://a"/>', "fonts"),
        ('<color-profile xlink:href="file:///a.icc"/>', "colour profiles"),
        ('<g xml:base="http://a/"><use href="#b"/></g>', "base addresses"),
        ('<foreignObject><img xmlns="http://www.w3.org/1999/xhtml" src="http://a"/></foreignObject>', "images"),
        (
            '<foreignObject><img xmlns="http://www.w3.org/1999/xhtml" srcset="data:a 1x, b 2x"/></foreignObject>',
            "images",
        ),
        (
            '<foreignObject><h:iframe xmlns:h="http://www.w3.org/1999/xhtml" src="http://a"/></foreignObject>',
            "pages in a window",
        ),
        (
            '<foreignObject><h:base xmlns:h="http://www.w3.org/1999/xhtml" href="http://a"/></foreignObject>',
            "base addresses",
        ),
        ('<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="a"/>', "inclusions"),
        ('<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="" parse="text"/>', "inclusions"),
    ],
)
def test_what_comes_from_elsewhere_is_counted_and_does_not_pass(inside: str, what: str) -> None:
    found = cover(drawing(inside))
    assert "integrity.references.outside" in named(found)
    assert (what, 1) in [(doubt.what, doubt.number) for doubt in found.doubts]


@pytest.mark.parametrize(
    "before",
    [
        '<?xml-stylesheet href="a.css"?>',
        "<?xml-stylesheet title=\"href='#'\" href='a.css'?>",
        "<?xml-stylesheet href='a.css' title=\"href='#'\"?>",
        '<?xml-stylesheet href="a&#46;css"?>',
        "<?xml-stylesheet\nhref = 'a.css'?>",
        '<!DOCTYPE svg SYSTEM "http://example.com/a.dtd">',
        '<!DOCTYPE svg [<!ENTITY x SYSTEM "a">]>',
        '<!DOCTYPE svg [<!ENTITY % x PUBLIC "a" "b">]>',
    ],
)
def test_what_the_head_calls_for_from_elsewhere_does_not_pass(before: str) -> None:
    assert "integrity.references.outside" in named(cover(drawing(before=before)))


def test_a_sheet_that_an_entity_holds_is_read() -> None:
    found = cover(drawing("<style>&css;</style>", before="<!DOCTYPE svg [<!ENTITY css \"@import 'http://a';\">]>"))
    assert "integrity.references.outside" in named(found)


@pytest.mark.parametrize("kind", ["text/xsl", "application/xslt+xml", "text/x&#115;l", "text/xml", "application/xml"])
def test_a_transformation_is_a_program(kind: str) -> None:
    found = cover(drawing(before=f'<?xml-stylesheet type="{kind}" href="#a"?>'))
    assert named(found) == ["integrity.script"]


def test_links_alone_are_listed_and_change_nothing() -> None:
    found = cover(drawing('<a href="http://a"/><a xlink:href="b.html"/><a href="#c"/>'))
    assert named(found) == ["integrity.references.listed", "integrity.coverage.full"]
    assert [(doubt.what, doubt.number) for doubt in found.doubts] == [("links", 2)]
    assert found.is_whole


@pytest.mark.parametrize(
    "data",
    [
        drawing(before='<!DOCTYPE svg [<!ENTITY x "&lt;script>">]>'),
        drawing(before='<!DOCTYPE svg [<!ENTITY x "<script/>">]>', inside="&x;"),
        drawing(before="<!DOCTYPE svg [<!ENTITY y 'http:'><!ENTITY x '&y;'>]>", inside="<image href='&x;//a'/>"),
        drawing(before='<!DOCTYPE svg [<!ATTLIST svg onload CDATA "x">]>'),
        drawing("<image href='&unknown;'/>"),
        drawing("<style>&unknown;</style>"),
        drawing("<style>@import 'data:text/css,a{b:c}';</style>"),
        drawing("<style>rect{fill:image-set(var(--u) 1x)}</style>"),
        drawing("<rect style='mask:image-set(var(--u) 1x)'/>"),
        drawing('<link xmlns="http://www.w3.org/1999/xhtml" rel="stylesheet" href="data:text/css,a{b:c}"/>'),
        drawing('<link xmlns="http://www.w3.org/1999/xhtml" rel="icon stylesheet" href="data:image/png,a"/>'),
        drawing('<link xmlns="http://www.w3.org/1999/xhtml" href="data:image/png,a"/>'),
        drawing(before="<?xml-stylesheet href='data:text/css,a'?>"),
        drawing(before="<?xml-stylesheet href='d&#97;ta:text/css,a'?>"),
        drawing(before="<?xml-stylesheet href='#a' href='#b'?>"),
        drawing(before="<?xml-stylesheet href=#a?>"),
        drawing(before='<?xml version="1.0" encoding="UTF-7"?>'),
        drawing(before='<?xml version="1.0" encoding="utf-16"?>'),
        drawing("<rect>"),
        drawing("</g>"),
        drawing("<g></svg>"),
        drawing(after="<rect/>"),
        drawing(after="words"),
        drawing("<rect width=9/>"),
        drawing().replace(b"<svg ", b"<html><svg ").replace(b"</svg>", b"</svg></html>"),
        drawing().replace(SVG.encode(), b"http://www.w3.org/1999/xhtml"),
    ],
)
def test_what_readers_can_take_in_different_ways_does_not_pass(data: bytes) -> None:
    found = named(cover(data))
    assert "integrity.tables" in found
    assert "integrity.coverage.full" not in found


@pytest.mark.parametrize(
    "data",
    [
        drawing(space=SVG),
        drawing(space="http://www.w3.org/1999/xhtml"),
        drawing(metadata='<metadata class="a">'),
        drawing(metadata='<metadata style="display:block">'),
        drawing(metadata='<metadata xmlns="http://www.w3.org/1999/xhtml">'),
        drawing(metadata=f'<metadata xmlns:c2pa="{SVG}">'),
        drawing(manifest='<c2pa:manifest id="a">'),
        drawing(manifest='<c2pa:manifest xml:space="preserve">'),
        drawing(manifest=f'<c2pa:manifest xmlns="{SVG}">'),
        drawing().replace(b"<metadata>", b"<text><metadata>").replace(b"</metadata>", b"</metadata></text>"),
        drawing().replace(b"<metadata>", b"<text>").replace(b"</metadata>", b"</text>"),
        drawing().replace(b"<metadata>", b"<metadata><g>").replace(b"</metadata>", b"</g></metadata>"),
        drawing(manifest='<m:manifest xmlns:m="http://c2pa.org/manifest">').replace(b"</c2pa:", b"</m:"),
    ],
)
def test_a_manifest_in_any_other_place_or_form_does_not_pass(data: bytes) -> None:
    assert "integrity.tables" in named(cover(data))


@pytest.mark.parametrize(
    "style", ["metadata", "c2pa\\:manifest", "c2pa|manifest", "*|manifest", "g, METADATA > *", "m\\65 tadata"]
)
def test_a_style_for_the_manifest_does_not_pass(style: str) -> None:
    found = cover(drawing(f"<style>{style}{{display:block}}</style>"))
    assert named(found) == ["integrity.tables"]
    assert whats(found) == ["a style for the Content Credentials"]


@pytest.mark.parametrize(
    "inside",
    [
        '<text><tref xlink:href="#meta"/></text>',
        '<text><tref xlink:href="#root"/></text>',
        '<text><tref xlink:href="#xpointer(id(meta))"/></text>',
        '<text><tref xlink:href=""/></text>',
        '<text><tref xlink:href="#m&#101;ta"/></text>',
        '<use href="#meta"/>',
        '<use href="#m%65ta"/>',
        '<use href="#m&#101;ta"/>',
        '<set attributeName="href" to="#meta"/>',
    ],
)
def test_a_reference_to_what_holds_the_manifest_fails(inside: str) -> None:
    data = drawing(inside, attributes='id="root"', metadata='<metadata id="meta">')
    assert "integrity.pointer.store" in named(cover(data))


@pytest.mark.parametrize(
    "carried",
    [
        b" " + CARRIED,
        CARRIED + b"\n",
        CARRIED[:76] + b"\n" + CARRIED[76:],
        CARRIED + b"====",
        CARRIED + b"hidden",
        b"<![CDATA[" + CARRIED + b"]]>",
        CARRIED.replace(b"A", b"&#65;", 1),
    ],
)
def test_base64_of_another_form_than_the_one_is_foreign(carried: bytes) -> None:
    found = cover(drawing(carried=carried), carried)
    assert "integrity.store.foreign" in named(found) or "integrity.coverage.other_excluded" in named(found)
    assert not found.is_whole


def test_bits_that_base64_leaves_over_are_zero() -> None:
    longer = STORE + b"\0" * (1 if len(STORE) % 3 == 0 else 3 - len(STORE) % 3 + 1)
    carried = base64.b64encode(longer)
    assert carried.endswith(b"==")
    assert named(cover(drawing(carried=carried), carried)) == ["integrity.coverage.full"]
    forged = carried[:-3] + b"B=="
    assert "integrity.store.foreign" in named(cover(drawing(carried=forged), forged))


@pytest.mark.parametrize("between", [b"<!-- -->", b"<?x?>", b"<g/>"])
def test_a_store_in_pieces_is_more_than_one(between: bytes) -> None:
    cut = 4 * (len(CARRIED) // 8)
    data = drawing(carried=CARRIED[:cut] + between + CARRIED[cut:])
    start = data.index(CARRIED[:cut])
    found = leaving(data, (start, start + len(CARRIED) + len(between)), media_type="image/svg+xml")
    assert "integrity.stores.multiple" in found.codes


def test_what_a_comment_or_a_text_dresses_up_as_a_manifest_is_none() -> None:
    for inside in (f"<!-- <c2pa:manifest>{CARRIED.decode()}</c2pa:manifest> -->", "<text>&lt;c2pa:manifest></text>"):
        layout = read_layout(drawing(inside), "image/svg+xml")
        assert len(layout.stores) == 1


def test_tags_around_the_store_are_not_taken_for_harmless() -> None:
    data = drawing()
    for part in (b"<metadata>", b"<c2pa:manifest>", b"</c2pa:manifest></metadata>"):
        assert "integrity.coverage.other_excluded" in named(without(data, part, media_type="image/svg+xml"))
    assert "integrity.coverage.media_excluded" in named(without(data, RECT.encode(), media_type="image/svg+xml"))


@pytest.mark.parametrize(
    "unit",
    [
        "<metadata></metadata>",
        "<g><metadata/></g>",
        "<a href='b'/>",
        "<style>a{b:c}</style>",
        "<c2pa:manifest/>",
        "<g>",
    ],
)
def test_a_drawing_is_read_in_linear_time(unit: str) -> None:
    small, large = (drawing(unit * number) for number in (4_000, 32_000))
    assert grows_no_faster(lambda: read_layout(small, "image/svg+xml"), lambda: read_layout(large, "image/svg+xml"))
