# SPDX-License-Identifier: Apache-2.0
"""One HTML file that shows how lives went; it needs nothing beside it."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from html import escape

from tintin import __version__
from tintin.lifelong import pictures
from tintin.lifelong.agent import INTEGER
from tintin.lifelong.catalogue import SCENARIOS
from tintin.lifelong.life import Life
from tintin.lifelong.rows import Row, groups, rows

STYLE = """
body { font: 16px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; color: #1c2430;
  background: #f6f7f9; margin: 0; }
main { max-width: 1060px; margin: 0 auto; padding: 2.5rem 1.5rem 4rem; }
h1 { font-size: 1.9rem; margin: 0 0 .3rem; letter-spacing: -.01em; }
h2 { font-size: 1.25rem; margin: 0 0 .2rem; }
h3 { font-size: .95rem; margin: 1.6rem 0 .3rem; color: #3d4756; }
p { margin: .2rem 0 .8rem; color: #4b5666; }
section { background: #fff; border: 1px solid #e3e6eb; border-radius: 10px;
  padding: 1.5rem 1.7rem; margin: 1.6rem 0; }
img { max-width: 100%; height: auto; display: block; }
.figures { display: flex; flex-wrap: wrap; gap: 2.4rem; margin: 1rem 0 .4rem; }
.figures b { display: block; font-size: 1.9rem; line-height: 1.15; font-weight: 650; }
.figures span { font-size: .82rem; color: #6b7686; }
table { border-collapse: collapse; font-size: .82rem; margin-top: .6rem; }
td, th { padding: .2rem .8rem .2rem 0; text-align: right; border-bottom: 1px solid #eef0f3; }
td:first-child, th:first-child { text-align: left; }
details { margin-top: 1.2rem; color: #4b5666; }
summary { cursor: pointer; font-size: .88rem; }
nav a { color: #0b6e99; text-decoration: none; margin-right: 1.1rem; font-size: .9rem; }
"""
PANELS = {
    "average_accuracy": "average accuracy",
    "own_accuracy": "just learned",
    "forgetting": "forgetting",
    "prequential_accuracy": "before learning",
}
MOST_PANELS = 3
BEST_TO_SHOW = ("replay", "latent", "ncm")


def report(lives: Sequence[Life]) -> str:
    """The page for lives of any scenarios and setups."""
    found = groups(lives)
    names = list(dict.fromkeys(name for name, _ in found))
    parts = [
        _section(name, [group for (of, _), group in found.items() if of == name]) for name in names
    ]
    links = "".join(f'<a href="#{escape(n)}">{escape(n.replace("_", " "))}</a>' for n in names)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>Tin-Tin: lifelong learning</title><style>{STYLE}</style></head><body><main>"
        "<h1>Lifelong learning</h1>"
        f"<p>Tin-Tin {__version__}. int8 is the engine of the device, bit for bit; float32 is its "
        f"twin with the same buffer, order and rate. Dots are seeds, bands reach from the least "
        f"to the most of them.</p><nav>{links}</nav>{''.join(parts)}</main></body></html>\n"
    )


def _section(name: str, of: Sequence[Sequence[Life]]) -> str:
    ordered = sorted(of, key=lambda group: (group[0].setup.method, group[0].setup.arithmetic))
    shown = _shown(ordered)
    parts = [
        f'<section id="{escape(name)}"><h2>{escape(name.replace("_", " "))}</h2>',
        f"<p>{escape(SCENARIOS[name].summary)}; {_seeds(shown)}</p>",
        _figures(shown),
        "<h3>Methods side by side</h3>",
        _image(pictures.side_by_side(ordered, _panels(shown)), f"{name}: methods"),
    ]
    for group in _over_time(ordered, shown):
        title = pictures.title_of(group[0].setup)
        parts += [
            f"<h3>Accuracy over time: {escape(title)}</h3>",
            _image(pictures.over_time(group), f"{name}: {title} over time"),
        ]
    parts += [
        "<h3>What is known after each stage (%)</h3>",
        _image(pictures.matrices(_over_time(ordered, shown)), f"{name}: accuracy matrices"),
        f"<details><summary>All figures</summary>{_table(ordered)}</details></section>",
    ]
    return "".join(parts)


def _shown(of: Sequence[Sequence[Life]]) -> Sequence[Life]:
    """The setup that the headline is about: the best known of the integer ones."""
    integer = [group for group in of if group[0].setup.arithmetic == INTEGER] or list(of)
    order = {method: i for i, method in enumerate(BEST_TO_SHOW)}
    return min(integer, key=lambda group: order.get(group[0].setup.method, len(order)))


def _over_time(of: Sequence[Sequence[Life]], shown: Sequence[Life]) -> list[Sequence[Life]]:
    """The worst to compare with, where it is another one, and the one that is shown."""
    arithmetic = shown[0].setup.arithmetic
    naive = [g for g in of if g[0].setup.method == "naive" and g[0].setup.arithmetic == arithmetic]
    return [*(g for g in naive[:1] if g is not shown), shown]


def _panels(group: Sequence[Life]) -> dict[str, str]:
    there = [metric for metric in PANELS if metric in group[0].metrics]
    return {metric: PANELS[metric] for metric in there[:MOST_PANELS]}


def _seeds(group: Sequence[Life]) -> str:
    n = len(group)
    return "one seed" if n == 1 else f"{n} seeds"


def _figures(group: Sequence[Life]) -> str:
    """The setup that is shown, in large figures."""
    title = pictures.title_of(group[0].setup)
    of = {row.metric: row for row in rows(group)}
    cards = []
    for metric, name in PANELS.items():
        if metric in of:
            cards.append(f"<div><b>{of[metric].value:.1f} %</b><span>{name}</span></div>")
    for metric, name in (("alarms", "drift alarms a life"), ("rollbacks", "rollbacks a life")):
        cards.append(f"<div><b>{of[metric].value:.1f}</b><span>{name}</span></div>")
    return f"<h3>{escape(title)}</h3><div class=figures>{''.join(cards)}</div>"


def _table(of: Sequence[Sequence[Life]]) -> str:
    found: dict[str, dict[str, Row]] = {}
    for group in of:
        title = pictures.title_of(group[0].setup)
        for row in rows(group):
            found.setdefault(row.metric, {})[title] = row
    titles = [pictures.title_of(group[0].setup) for group in of]
    head = "".join(f"<th>{escape(title)}</th>" for title in ("", *titles))
    lines = [
        f"<tr><td>{metric.replace('_', ' ')}</td>"
        + "".join(f"<td>{_cell(cells.get(title))}</td>" for title in titles)
        + "</tr>"
        for metric, cells in found.items()
    ]
    return f"<table><tr>{head}</tr>{''.join(lines)}</table>"


def _cell(row: Row | None) -> str:
    if row is None:
        return ""
    value = f"{row.value:.2f}" if row.unit else f"{row.value:,.0f}"
    return f"{value} &plusmn; {row.sd:.2f}" if row.unit and len(row.seeds) > 1 else value


def _image(svg: bytes, alt: str) -> str:
    data = b64encode(svg).decode()
    return f'<img alt="{escape(alt)}" src="data:image/svg+xml;base64,{data}">'
