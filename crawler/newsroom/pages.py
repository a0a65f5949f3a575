"""How an outlet's pages look: articles in three house styles, front pages, walls and apologies. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable
from html import escape
from urllib.parse import quote
from zlib import crc32

from .newsroom import Address, Article, Outlet

Locate = Callable[[Address], str]
"""Turns an `Address` into an absolute URL."""

LABELS: dict[str, dict[str, str]] = {
    "en": {
        "by": "By",
        "published": "Published",
        "updated": "Updated",
        "more": "More from",
        "newsletter": "Get the morning letter",
        "newsletter_text": "Five stories before breakfast, free of charge.",
        "subscribe": "Sign up",
        "share": "Share this article",
        "imprint": "About us · Contact · Privacy · Terms of use",
        "rights": "All rights reserved.",
        "readers": "readers so far",
        "caption": "The harbour on Thursday morning.",
        "missing": "Page not found",
        "missing_text": "Sorry, the page you are looking for could not be found. It may have been moved or deleted.",
        "gone": "This article is no longer available",
        "busy": "Too many requests",
        "wall": "Before you continue to",
        "wall_text": "We and our 412 partners store and access information on your device, such as cookies. "
        "Please accept in order to continue to our content.",
        "accept": "Accept all",
        "settings": "Manage my choices",
        "paywall": "Subscribe to read on. Already a subscriber? Log in.",
    },
    "nl": {
        "by": "Door",
        "published": "Gepubliceerd",
        "updated": "Bijgewerkt",
        "more": "Meer van",
        "newsletter": "Ontvang onze ochtendbrief",
        "newsletter_text": "Vijf verhalen voor het ontbijt, gratis.",
        "subscribe": "Aanmelden",
        "share": "Deel dit artikel",
        "imprint": "Over ons · Contact · Privacy · Voorwaarden",
        "rights": "Alle rechten voorbehouden.",
        "readers": "keer gelezen",
        "caption": "De haven op donderdagochtend.",
        "missing": "Pagina niet gevonden",
        "missing_text": "Sorry, de pagina die je zoekt bestaat niet (meer). Misschien is ze verplaatst of verwijderd.",
        "gone": "Dit artikel is niet meer beschikbaar",
        "busy": "Te veel verzoeken",
        "wall": "Voordat je verdergaat naar",
        "wall_text": "Wij en onze 412 partners plaatsen cookies en vergelijkbare technieken op je apparaat. "
        "Geef toestemming om door te gaan naar onze artikelen.",
        "accept": "Alles accepteren",
        "settings": "Instellingen beheren",
        "paywall": "Neem een abonnement om verder te lezen. Al abonnee? Log in.",
    },
    "de": {
        "by": "Von",
        "published": "Veröffentlicht",
        "updated": "Aktualisiert",
        "more": "Mehr von",
        "newsletter": "Unser Brief am Morgen",
        "newsletter_text": "Fünf Geschichten vor dem Frühstück, kostenlos.",
        "subscribe": "Anmelden",
        "share": "Artikel teilen",
        "imprint": "Impressum · Kontakt · Datenschutz · AGB",
        "rights": "Alle Rechte vorbehalten.",
        "readers": "Mal gelesen",
        "caption": "Der Hafen am Donnerstagmorgen.",
        "missing": "Seite nicht gefunden",
        "missing_text": "Die gesuchte Seite wurde leider nicht gefunden. Sie wurde verschoben oder gelöscht.",
        "gone": "Dieser Artikel ist nicht mehr verfügbar",
        "busy": "Zu viele Anfragen",
        "wall": "Bevor es weitergeht zu",
        "wall_text": "Wir und unsere 412 Partner speichern Informationen auf Ihrem Gerät, zum Beispiel Cookies. "
        "Bitte stimmen Sie zu, um zu unseren Inhalten zu gelangen.",
        "accept": "Alle akzeptieren",
        "settings": "Einstellungen verwalten",
        "paywall": "Weiterlesen mit Abonnement. Bereits Abonnent? Anmelden.",
    },
}


SECTIONS = {
    "en": ("News", "Coast", "Culture", "Weather"),
    "nl": ("Nieuws", "Kust", "Cultuur", "Weer"),
    "de": ("Nachrichten", "Küste", "Kultur", "Wetter"),
}


def article_page(outlet: Outlet, article: Article, locate: Locate, *, visits: int) -> str:
    """The article in the outlet's house style."""
    body = {"broadsheet": _broadsheet, "blog": _blog, "boxes": _boxes}[outlet.template](outlet, article, locate)
    return _document(outlet, _article_head(outlet, article, locate), body, article.language, visits=visits)


FRAME_SCRIPT = """\
fetch("/data" + location.pathname).then(answer => answer.json()).then(article => {
  document.getElementById("app").innerHTML = article.html;
});
"""


def frame_page(outlet: Outlet, article: Article, locate: Locate) -> str:
    """What an outlet sends whose articles are put together by a script: the head, and nothing to read."""
    head = [line for line in _article_head(outlet, article, locate) if not line.startswith("<script")]
    body = '<div id="app"></div>\n<script src="/frame.js"></script>'
    return _document(outlet, head, body, article.language)


def article_data(outlet: Outlet, article: Article, locate: Locate) -> str:
    """What the script of a `frame_page` asks for."""
    body = {"broadsheet": _broadsheet, "blog": _blog, "boxes": _boxes}[outlet.template](outlet, article, locate)
    return json.dumps({"html": body}, ensure_ascii=False)


def front_page(outlet: Outlet, locate: Locate, path: str = "/") -> str:
    """All articles as teasers; the section pages look the same."""
    head = [
        f"<title>{escape(outlet.name)}</title>",
        f'<meta name="description" content="{escape(outlet.tagline or outlet.name)}">',
        f'<link rel="canonical" href="{escape(locate(outlet.ref(path)))}">',
        '<meta property="og:type" content="website">',
        *_feed_link(outlet),
    ]
    teasers = "\n".join(
        f'<article class="teaser"><h2><a href="{escape(link(article))}">{escape(article.title)}</a></h2>'
        f"<p>{escape(summary(article))}</p></article>"
        for article in outlet.articles("front")
    )
    return _document(outlet, head, f'<main class="front">\n{teasers}\n</main>', outlet.language)


def missing_page(outlet: Outlet) -> str:
    """The apology for a page that is not there; a soft 404 says the same with status 200."""
    labels = _labels(outlet.language)
    return _notice(outlet, labels["missing"], f"<p>{labels['missing_text']}</p>{_related(outlet, None)}")


def gone_page(outlet: Outlet) -> str:
    return _notice(outlet, _labels(outlet.language)["gone"], "")


def busy_page(outlet: Outlet) -> str:
    return _notice(outlet, _labels(outlet.language)["busy"], "")


def failure_page(outlet: Outlet, status: int) -> str:
    return _notice(outlet, f"{status}", "")


def wall_page(outlet: Outlet) -> str:
    """Nothing but the question about cookies."""
    labels = _labels(outlet.language)
    return (
        f'<!DOCTYPE html>\n<html lang="{outlet.language}"><head><meta charset="utf-8">'
        f"<title>{labels['wall']} {escape(outlet.name)}</title>"
        '<meta name="robots" content="noindex"></head>\n'
        '<body class="cmp-page"><div id="cmp-container" class="consent-banner" role="dialog" aria-modal="true">\n'
        f"<h1>{labels['wall']} {escape(outlet.name)}</h1>\n<p>{labels['wall_text']}</p>\n"
        f'<form method="post" action="/privacy-gate"><button class="cmp-accept">{labels["accept"]}</button>'
        f'<button class="cmp-settings">{labels["settings"]}</button></form>\n</div></body></html>\n'
    )


def link(article: Article) -> str:
    """How the outlet itself links to its article: relative, with the tracking parameters if it uses them."""
    return f"{article.path}?{article.tracking}" if article.tracking else article.path


def summary(article: Article) -> str:
    """The standfirst, else the first sentence or so."""
    if article.standfirst:
        return article.standfirst
    first = article.paragraphs[0]
    return first if len(first) <= 160 else first[:157].rsplit(" ", 1)[0] + " …"


# --- house styles --------------------------------------------------------------------------------


def _broadsheet(outlet: Outlet, article: Article, locate: Locate) -> str:
    labels = _labels(article.language)
    paragraphs = _paragraphs(article, locate)
    paragraphs.insert(min(4, len(paragraphs)), _newsletter(article.language))
    return f"""<main><article class="story">
<header class="story-header"><p class="kicker">{escape(article.section)}</p>
<h1>{escape(article.title)}</h1>
{f'<p class="standfirst">{escape(article.standfirst)}</p>' if article.standfirst else ""}
<p class="byline">{_byline(article)}</p>
{_dates(article)}</header>
<figure><img src="/media/{article.image}" alt=""><figcaption>{labels["caption"]}</figcaption></figure>
<div class="story-body" itemprop="articleBody">
{chr(10).join(paragraphs)}
{_correction(article)}{_credit(article, locate)}</div>
</article>
{_share(article.language)}
{_related(outlet, article)}</main>"""


def _blog(outlet: Outlet, article: Article, locate: Locate) -> str:
    return f"""<div id="content" class="site-content"><main id="main" class="site-main">
<article id="post-{crc32(article.path.encode()) % 10_000}" class="post type-post status-publish hentry">
<header class="entry-header"><h1 class="entry-title">{escape(article.title)}</h1>
<div class="entry-meta"><span class="author vcard">{_byline(article)}</span> {_dates(article)}</div></header>
<div class="entry-content">
{chr(10).join(_paragraphs(article, locate))}
{_correction(article)}{_credit(article, locate)}</div>
<footer class="entry-footer"><span class="cat-links">{escape(article.section)}</span></footer>
</article></main></div>
<aside id="secondary" class="widget-area">{_newsletter(article.language)}{_related(outlet, article)}</aside>"""


def _boxes(outlet: Outlet, article: Article, locate: Locate) -> str:
    paragraphs = _paragraphs(article, locate)
    paragraphs.insert(min(3, len(paragraphs)), _teaser_box(outlet, article))
    return f"""<div class="l-page"><div class="l-main">
<div class="article" itemscope itemtype="https://schema.org/NewsArticle">
<div class="article__head"><span class="label">{escape(article.section)}</span>
<h1 class="article__headline" itemprop="headline">{escape(article.title)}</h1>
{f'<div class="article__intro">{escape(article.standfirst)}</div>' if article.standfirst else ""}
<div class="article__meta"><span class="article__author" itemprop="author">{_byline(article)}</span>
{_dates(article)}</div></div>
<div class="article__body" itemprop="articleBody">
{chr(10).join(paragraphs)}
{_correction(article)}{_credit(article, locate)}</div></div>
{_share(article.language)}</div>
<div class="l-side">{_newsletter(article.language)}{_related(outlet, article)}</div></div>"""


# --- parts ---------------------------------------------------------------------------------------


def _labels(language: str) -> dict[str, str]:
    return LABELS.get(language, LABELS["en"])


def _document(outlet: Outlet, head: list[str], body: str, language: str, *, visits: int = 0) -> str:
    labels = _labels(language)
    sections = SECTIONS.get(language, SECTIONS["en"])
    items = "".join(f'<li><a href="/section/{quote(name.lower())}">{name}</a></li>' for name in sections)
    token = counter = ""
    if outlet.counter:
        token = f'\n<meta name="csrf-token" content="{visits * 2654435761 % 2**32:08x}">'
        counter = f'<span class="views">{1200 + visits} {labels["readers"]}</span>'
    newline = "\n"
    return f"""<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
{newline.join(head)}{token}
</head>
<body>
<header class="site-header"><a class="logo" href="/">{escape(outlet.name)}</a>
<nav class="site-nav"><ul>{items}</ul></nav></header>
{body}
<footer class="site-footer"><p>{labels["imprint"]}</p>
<p>© 2026 {escape(outlet.name)}. {labels["rights"]}</p>{counter}</footer>
</body>
</html>
"""


def _notice(outlet: Outlet, heading: str, body: str) -> str:
    head = [f"<title>{heading} | {escape(outlet.name)}</title>"]
    return _document(outlet, head, f'<main class="notice"><h1>{heading}</h1>{body}</main>', outlet.language)


def _article_head(outlet: Outlet, article: Article, locate: Locate) -> list[str]:
    own = locate(outlet.ref(article.path))
    canonical = own if article.canonical is None else locate(article.canonical)
    image = locate(outlet.ref(f"/media/{article.image}"))
    head = [
        f"<title>{escape(article.title)} | {escape(outlet.name)}</title>",
        f'<meta name="description" content="{escape(summary(article))}">',
        f'<link rel="canonical" href="{escape(canonical)}">',
        *(
            f'<link rel="alternate" hreflang="{language}" href="{escape(locate(address))}">'
            for language, address in article.alternates
        ),
        *_feed_link(outlet),
        '<meta property="og:type" content="article">',
        f'<meta property="og:title" content="{escape(article.title)}">',
        f'<meta property="og:url" content="{escape(own)}">',
        f'<meta property="og:site_name" content="{escape(outlet.name)}">',
        f'<meta property="og:image" content="{escape(image)}">',
        f'<meta property="og:locale" content="{article.language}">',
        f'<meta property="article:published_time" content="{article.published.isoformat()}">',
    ]
    if article.modified is not None:
        head.append(f'<meta property="article:modified_time" content="{article.modified.isoformat()}">')
    if article.byline:
        head.append(f'<meta name="author" content="{escape(article.byline)}">')
    if article.syndication_source is not None:
        head.append(f'<meta name="syndication-source" content="{escape(locate(article.syndication_source))}">')
    head.append(_json_ld(outlet, article, own, image))
    return head


def _json_ld(outlet: Outlet, article: Article, own: str, image: str) -> str:
    node: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "mainEntityOfPage": own,
        "headline": article.title,
        "inLanguage": article.language,
        "datePublished": article.published.isoformat(),
        "dateModified": (article.modified or article.published).isoformat(),
        "image": [image],
        "articleSection": article.section,
        "isAccessibleForFree": article.free_paragraphs is None,
        "publisher": {"@type": "NewsMediaOrganization", "name": outlet.name},
    }
    if article.byline:
        node["author"] = [{"@type": "Person", "name": article.byline}]
    text = json.dumps(node, ensure_ascii=False).replace("</", "<\\/")
    return f'<script type="application/ld+json">{text}</script>'


def _feed_link(outlet: Outlet) -> list[str]:
    kind = {"rss": "application/rss+xml", "atom": "application/atom+xml", "json": "application/feed+json"}[outlet.feed]
    return [f'<link rel="alternate" type="{kind}" title="{escape(outlet.name)}" href="{outlet.feed_path}">']


def _paragraphs(article: Article, locate: Locate) -> list[str]:
    shown = article.paragraphs[: article.free_paragraphs]
    html = [f"<p>{escape(paragraph, quote=False)}</p>" for paragraph in shown]
    for phrase, address in article.links:
        if phrase in article.credit:
            continue
        wanted = escape(phrase, quote=False)
        for number, paragraph in enumerate(html):
            if wanted in paragraph:
                html[number] = paragraph.replace(wanted, f'<a href="{escape(locate(address))}">{wanted}</a>', 1)
                break
    if article.free_paragraphs is not None:
        html.append(f'<div class="paywall">{_labels(article.language)["paywall"]}</div>')
    return html


def _credit(article: Article, locate: Locate) -> str:
    if not article.credit:
        return ""
    text = escape(article.credit, quote=False)
    for phrase, address in article.links:
        wanted = escape(phrase, quote=False)
        text = text.replace(wanted, f'<a href="{escape(locate(address))}">{wanted}</a>', 1)
    return f'<p class="credit"><em>{text}</em></p>\n'


def _correction(article: Article) -> str:
    return f'<p class="correction">{escape(article.correction, quote=False)}</p>\n' if article.correction else ""


def _byline(article: Article) -> str:
    if not article.byline:
        return ""
    return f'{_labels(article.language)["by"]} <span class="author-name">{escape(article.byline)}</span>'


def _dates(article: Article) -> str:
    labels = _labels(article.language)
    html = (
        f'{labels["published"]} <time class="published" datetime="{article.published.isoformat()}">'
        f"{article.published:%d-%m-%Y %H:%M}</time>"
    )
    if article.modified is not None:
        html += (
            f' {labels["updated"]} <time class="updated" datetime="{article.modified.isoformat()}">'
            f"{article.modified:%d-%m-%Y %H:%M}</time>"
        )
    return f'<span class="dates">{html}</span>'


def _newsletter(language: str) -> str:
    labels = _labels(language)
    return (
        f'<aside class="newsletter"><h2>{labels["newsletter"]}</h2><p>{labels["newsletter_text"]}</p>'
        '<form action="/newsletter"><input type="email" name="mail">'
        f"<button>{labels['subscribe']}</button></form></aside>"
    )


def _share(language: str) -> str:
    return (
        f'<div class="share"><span>{_labels(language)["share"]}</span> '
        '<a rel="nofollow" href="https://social.example/share">Social</a></div>'
    )


def _others(outlet: Outlet, article: Article | None) -> list[Article]:
    return [other for other in outlet.articles("front") if article is None or other.path != article.path][:3]


def _related(outlet: Outlet, article: Article | None) -> str:
    items = "".join(
        f'<li><a href="{escape(link(other))}">{escape(other.title)}</a></li>' for other in _others(outlet, article)
    )
    labels = _labels(outlet.language)
    return f'<aside class="related"><h2>{labels["more"]} {escape(outlet.name)}</h2><ul>{items}</ul></aside>'


def _teaser_box(outlet: Outlet, article: Article) -> str:
    others = _others(outlet, article)[:1]
    items = "".join(f'<a href="{escape(link(other))}">{escape(other.title)}</a>' for other in others)
    return f'<aside class="teaser-box related">{items}</aside>'
