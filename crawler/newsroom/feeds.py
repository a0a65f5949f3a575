"""What an outlet says to machines: feeds, sitemaps, robots.txt. Pure."""

from __future__ import annotations

import gzip
import json
from email.utils import format_datetime
from xml.sax.saxutils import escape, quoteattr

from .newsroom import Article, Outlet
from .pages import Locate, link, summary

CONTENT_TYPES = {
    "rss": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "json": "application/feed+json; charset=utf-8",
}

NEWS_SITEMAP = "/news-sitemap.xml"
ARCHIVE_SITEMAP = "/archive-sitemap.xml.gz"


def feed(outlet: Outlet, locate: Locate) -> str:
    return {"rss": _rss, "atom": _atom, "json": _json}[outlet.feed](outlet, locate)


def robots(outlet: Outlet, locate: Locate) -> str:
    if outlet.robots_text is not None:
        return outlet.robots_text
    lines = ["User-agent: *"]
    lines += [f"Disallow: {folder}" for folder in outlet.disallow] or ["Disallow:"]
    if outlet.crawl_delay is not None:
        lines.append(f"Crawl-delay: {outlet.crawl_delay:g}")
    return "\n".join([*lines, "", f"Sitemap: {locate(outlet.ref('/sitemap.xml'))}", ""])


def sitemap_index(outlet: Outlet, locate: Locate) -> str:
    entries = "".join(
        f"<sitemap><loc>{escape(locate(outlet.ref(path)))}</loc></sitemap>\n"
        for path in (NEWS_SITEMAP, ARCHIVE_SITEMAP)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{entries}</sitemapindex>\n'
    )


def news_sitemap(outlet: Outlet, locate: Locate) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        ' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
        ' xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
        + "".join(_news_url(outlet, article, locate) for article in outlet.articles("sitemap"))
        + "</urlset>\n"
    )


def archive_sitemap(outlet: Outlet, locate: Locate) -> bytes:
    """The plain sitemap of everything, as a gzip file."""
    entries = "".join(
        f"<url><loc>{escape(_url(outlet, article, locate))}</loc><lastmod>{_changed(article)}</lastmod></url>\n"
        for article in outlet.articles("sitemap")
    )
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{entries}</urlset>\n'
    )
    return gzip.compress(text.encode(), mtime=0)


def _news_url(outlet: Outlet, article: Article, locate: Locate) -> str:
    alternates = "".join(
        f'<xhtml:link rel="alternate" hreflang={quoteattr(language)} href={quoteattr(locate(address))}/>\n'
        for language, address in article.alternates
    )
    return (
        f"<url>\n<loc>{escape(_url(outlet, article, locate))}</loc>\n"
        f"<lastmod>{_changed(article)}</lastmod>\n{alternates}"
        f"<news:news><news:publication><news:name>{escape(outlet.name)}</news:name>"
        f"<news:language>{article.language}</news:language></news:publication>"
        f"<news:publication_date>{article.published.isoformat()}</news:publication_date>"
        f"<news:title>{escape(article.title)}</news:title></news:news>\n</url>\n"
    )


def _rss(outlet: Outlet, locate: Locate) -> str:
    items = "".join(
        f"<item><title>{escape(article.title)}</title><link>{escape(_url(outlet, article, locate))}</link>"
        f'<guid isPermaLink="false">{outlet.handle}:{escape(article.path)}</guid>'
        f"<pubDate>{format_datetime(article.published)}</pubDate>"
        + (f"<dc:creator>{escape(article.byline)}</dc:creator>" if article.byline else "")
        + f"<description>{escape(summary(article))}</description>"
        + (f"<content:encoded>{escape(_html(article))}</content:encoded>" if outlet.full_feed else "")
        + "</item>\n"
        for article in outlet.articles("feed")
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/">\n<channel>'
        f"<title>{escape(outlet.name)}</title><link>{escape(locate(outlet.ref()))}</link>"
        f"<description>{escape(outlet.tagline or outlet.name)}</description><language>{outlet.language}</language>\n"
        f"{items}</channel></rss>\n"
    )


def _atom(outlet: Outlet, locate: Locate) -> str:
    articles = outlet.articles("feed")
    entries = "".join(
        f"<entry><id>tag:{outlet.handle}.localhost,2026:{escape(article.path)}</id>"
        f"<title>{escape(article.title)}</title>"
        f'<link rel="alternate" type="text/html" href={quoteattr(_url(outlet, article, locate))}/>'
        f"<published>{article.published.isoformat()}</published><updated>{_changed(article)}</updated>"
        + (f"<author><name>{escape(article.byline)}</name></author>" if article.byline else "")
        + f'<summary type="text">{escape(summary(article))}</summary>'
        + (f'<content type="html">{escape(_html(article))}</content>' if outlet.full_feed else "")
        + "</entry>\n"
        for article in articles
    )
    updated = max((_changed(article) for article in articles), default="1970-01-01T00:00:00+00:00")
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{outlet.language}">'
        f"<id>{escape(locate(outlet.ref()))}</id><title>{escape(outlet.name)}</title><updated>{updated}</updated>"
        f'<link rel="self" href={quoteattr(locate(outlet.ref(outlet.feed_path)))}/>'
        f'<link rel="alternate" href={quoteattr(locate(outlet.ref()))}/>\n{entries}</feed>\n'
    )


def _json(outlet: Outlet, locate: Locate) -> str:
    items = []
    for article in outlet.articles("feed"):
        url = _url(outlet, article, locate)
        item: dict[str, object] = {
            "id": url,
            "url": url,
            "title": article.title,
            "summary": summary(article),
            "date_published": article.published.isoformat(),
            "language": article.language,
        }
        if article.modified is not None:
            item["date_modified"] = article.modified.isoformat()
        if article.byline:
            item["authors"] = [{"name": article.byline}]
        if outlet.full_feed:
            item["content_html"] = _html(article)
        items.append(item)
    return json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": outlet.name,
            "home_page_url": locate(outlet.ref()),
            "feed_url": locate(outlet.ref(outlet.feed_path)),
            "language": outlet.language,
            "items": items,
        },
        ensure_ascii=False,
    )


def _url(outlet: Outlet, article: Article, locate: Locate) -> str:
    return locate(outlet.ref(link(article)))


def _changed(article: Article) -> str:
    return (article.modified or article.published).isoformat()


def _html(article: Article) -> str:
    paragraphs = [*article.paragraphs, *([article.credit] if article.credit else [])]
    return "".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)
