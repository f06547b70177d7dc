"""What all HTML of ours shares: the page around it, its style sheet, its colours of right and wrong, and escaping."""

from collections.abc import Mapping
from html import escape

from globalpointer.view.pieces import visible

KINDS: Mapping[str, tuple[str, str]] = {
    "right": ("#2b8a3e", ""),
    "missed": ("#c92a2a", "\u2212"),
    "spurious": ("#d9660a", "+"),
}
"""Colour and sign of what an evaluation says about an annotation; missed is dashed, spurious dotted."""

STYLE = """
body{font:16px/1.5 system-ui,"Noto Sans","Noto Sans CJK SC",sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem;
 color:#212529;background:#fff}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}
.doc{border:1px solid #dee2e6;border-radius:8px;padding:.5rem 1rem;margin:.8rem 0}
.doc .id{color:#868e96;font-size:.75rem;overflow-wrap:anywhere}
.text{white-space:pre-wrap;overflow-wrap:anywhere;margin:.3rem 0;unicode-bidi:isolate}
.e{background-repeat:no-repeat;-webkit-box-decoration-break:clone;box-decoration-break:clone}
.chip{font-style:normal;direction:ltr;unicode-bidi:isolate;user-select:none;margin-inline-end:.2em}
.chip::before{content:attr(data-label);font-size:.6em;font-weight:600;color:#fff;background:var(--c);border-radius:3px;
 padding:.1em .4em;vertical-align:.25em}
.chip.missed::before{background:#fff;color:var(--c);outline:1.5px dashed var(--c);outline-offset:-1px}
.legend{display:flex;flex-wrap:wrap;gap:.4rem 1rem;padding:0;list-style:none;font-size:.85rem}
.note{color:#868e96;font-style:italic}
svg{display:block;max-width:100%;height:auto}
"""


def frame(title: str, body: str, *, style: str = "") -> str:
    """A whole HTML page around `body`."""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{content(title)}</title><style>{STYLE}{style}</style></head>\n<body>{body}</body></html>\n"
    )


def content(text: str) -> str:
    """Text as the content of an HTML element, each character kept or pictured."""
    return escape(visible(text), quote=False).replace("\r", "&#13;")


def attribute(text: str) -> str:
    """Text as the value of an HTML attribute in double quotes."""
    return escape(visible(text)).replace("\r", "&#13;").replace("\n", "&#10;")
