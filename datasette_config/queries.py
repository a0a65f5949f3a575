"""The SQL of the pages: named parameters only, and views only (`version_fts` is the one table)."""

from __future__ import annotations

from collections.abc import Collection

IS_ARCHIVE = "SELECT count(*) = 2 FROM sqlite_master WHERE type = 'view' AND name IN ('story_pages', 'version_texts')"

#: Whether this file holds words that are withheld; a published copy does not.
HOLDS_WITHHELD_WORDS = "SELECT EXISTS (SELECT 1 FROM withheld_pages WHERE NOT removed)"

# --- home -------------------------------------------------------------------------------------------

STORIES = "SELECT id, slug, title, outlet, languages, copies, outlets, texts FROM stories ORDER BY title LIMIT 200"

#: For a list to choose from: counting copies takes its time.
STORY_NAMES = "SELECT slug, title FROM stories ORDER BY title LIMIT 200"

#: What carries the stories' text, by kind and language.
STORY_KINDS = """
SELECT story_id, kind, language, count(*) AS pages FROM story_pages
WHERE NOT own AND instr(:kinds, ',' || kind || ',') GROUP BY story_id, kind, language LIMIT 4000
"""

#: The copies that were found last.
NEW_COPIES = """
SELECT page_id, story, kind, outlet_name, url, title, language, first_seen, credit_name, explanation, withheld_since
FROM story_pages
WHERE NOT own AND instr(:kinds, ',' || kind || ',') ORDER BY first_seen DESC, page_id DESC LIMIT :limit
"""

TOTALS = "SELECT pages, versions, captures FROM totals"

RUNS = """
SELECT id, kind, watch, state, started_at, finished_at, planned, fetched, new, unchanged, failed, skipped, note
FROM runs ORDER BY id DESC LIMIT :limit
"""

#: Sources that gave nothing in the runs shown.
FAILED_SOURCES = """
SELECT run_id, watch, source, query, outcome, reason FROM run_sources
WHERE run_id >= :first_run AND outcome IN ('failed', 'unreadable') ORDER BY run_id DESC, source, query LIMIT 50
"""

# --- story ------------------------------------------------------------------------------------------

STORY = "SELECT id, slug, title, outlet, languages, urls FROM stories WHERE slug = :slug"

STORY_TEXTS = """
SELECT id, language, role, source, active, why, text_chars, text_sha256 FROM story_texts
WHERE story_id = :story_id ORDER BY role, language, id LIMIT 100
"""

STORY_PAGES = """
SELECT match_id, kind, own, outlet, outlet_name, url, title, language, coverage_story, coverage_page, similarity, confidence,
       credit, credit_name, explanation, published, first_seen, last_seen, versions, last_decision, last_why,
       last_captured, gone_from, state AS availability_state, availability, came_first, came_first_why, version_id, story_text_id, page_id, latest_version_id,
       withheld_since
FROM story_pages WHERE story_id = :story_id
ORDER BY own DESC, instr(:kinds, ',' || kind || ','), coverage_story DESC, first_seen, page_id LIMIT :limit
"""

VERSION_STARTS = """
SELECT page_id, seen_from FROM versions
WHERE page_id IN (SELECT value FROM json_each(:pages)) ORDER BY page_id, number LIMIT 20000
"""

# --- story: all copies against one text ---

COPIES = """
SELECT page_id, version_id, kind, own, outlet, outlet_name, url, title, language, coverage_story, credit, credit_name,
       published, first_seen, came_first, came_first_why, versions, story_text_id
FROM story_pages WHERE story_id = :story_id AND instr(:kinds, ',' || kind || ',')
ORDER BY own DESC, coverage_story DESC, first_seen, page_id LIMIT :limit
"""

TEXTS_OF_VERSIONS = """
SELECT v.id, v.number, v.seen_from, v.seen_to, v.text_sha256, v.extractor, t.language, t.text
FROM versions v JOIN version_texts t ON t.id = v.id WHERE v.id IN (SELECT value FROM json_each(:versions))
"""

#: The passages of these versions with each story text, and the sentences in them.
PASSAGES_OF_VERSIONS = """
SELECT version_id, story_text_id, story_start, story_end, page_start, page_end, likeness, links FROM passages
WHERE version_id IN (SELECT value FROM json_each(:versions)) ORDER BY version_id, story_text_id, page_start LIMIT 40000
"""

# --- page -------------------------------------------------------------------------------------------

PAGE = """
SELECT id, outlet, outlet_name, url, title, language, versions, captures, latest_version_id, last_seen, first_captured,
       last_captured, last_status, last_error, last_decision, last_why, gone_from, state AS availability_state, availability,
       withheld_since
FROM pages WHERE id = :page_id
"""

PAGE_VERSIONS = """
SELECT id, number, title, byline, published, language, seen_from, seen_to, captures, changed_fields, correction,
       text_chars, extractor, first_capture_id, last_capture_id
FROM versions WHERE page_id = :page_id ORDER BY number LIMIT 1000
"""

PAGE_CHANGES = """
SELECT old_version_id, new_version_id, summary, significance, reasons FROM changes WHERE page_id = :page_id LIMIT 1000
"""

PAGE_CAPTURES = """
SELECT id, url, captured_at, status, error_class, error_detail, quality, quality_reasons, decision, why, origin, body_sha256
FROM captures WHERE page_id = :page_id ORDER BY captured_at, id LIMIT 5000
"""

PAGE_AVAILABILITY = """
SELECT state, since, until, last_present_at, evidence, claimed FROM availability WHERE page_id = :page_id
ORDER BY number LIMIT 1000
"""

PAGE_MATCHES = """
SELECT id, story, story_id, kind, language, coverage_story, coverage_page, similarity, confidence, credit, credit_name,
       explanation, came_first, came_first_why, came_first_notes, version_number, version_id, story_text_id, matcher,
       evidence -> '$.signals' AS signals
FROM matches WHERE page_id = :page_id ORDER BY story, version_number DESC LIMIT 500
"""

STRONGEST_MATCHES = "SELECT match_id FROM story_pages WHERE page_id = :page_id"

PASSAGES = """
SELECT p.match_id, p.number, p.likeness, p.method, p.quotation, p.story_words, p.page_words, p.story_start, p.story_end,
       p.page_start, p.page_end, t.language AS story_language
FROM passages p JOIN story_texts t ON t.id = p.story_text_id
WHERE p.match_id = :match_id ORDER BY p.number LIMIT 500
"""

PAGE_LEADS = """
SELECT id, story, source, query, rank, url, title, published, language, outlet, note, first_seen, last_seen
FROM page_leads WHERE page_id = :page_id ORDER BY first_seen, id LIMIT 100
"""

#: What the matcher said of a version and the story of a reference text.
MATCH_OF_VERSION = """
SELECT kind, explanation, confidence, evidence -> '$.signals' AS signals FROM matches
WHERE version_id = :version AND story = :story
"""

# --- compare ----------------------------------------------------------------------------------------

VERSION = """
SELECT v.id, v.outlet, v.outlet_name, v.url, v.number, v.seen_from, v.seen_to, v.captures, v.text_sha256, v.body_sha256,
       v.extractor, v.page_id, t.title, t.subtitle, t.byline, t.published, t.modified, t.section, t.language, t.image,
       t.caption, t.page_title, t.canonical, t.correction, t.links, t.text
FROM versions v JOIN version_texts t ON t.id = v.id WHERE v.id = :id
"""

STORY_TEXT = """
SELECT t.id, t.story_id, t.story, t.language, t.role, t.source, t.text_sha256, t.text, s.title, s.outlet
FROM story_texts t JOIN stories s ON s.id = t.story_id WHERE t.id = :id
"""

NEIGHBOURS = """
SELECT (SELECT id FROM versions WHERE page_id = :page_id AND number < :older ORDER BY number DESC LIMIT 1) AS before,
       (SELECT id FROM versions WHERE page_id = :page_id AND number > :newer ORDER BY number LIMIT 1) AS after
"""

# --- changes ----------------------------------------------------------------------------------------

#: What a list of changes may ask for of a row of `change_ranks`. `page_id > 0` lets SQLite begin with the pages.
_ASKED = {
    "outlet": "{row}.page_id > 0 AND {row}.page_id IN (SELECT id FROM pages WHERE outlet = :outlet)",
    "page": "{row}.page_id = :page",
    "story": "{row}.page_id > 0 AND {row}.page_id IN (SELECT page_id FROM story_pages WHERE story = :story)",
    "kinds": "{row}.page_id > 0 AND {row}.page_id IN (SELECT page_id FROM story_pages WHERE instr(:kinds, ',' || kind || ','))",
    "story and kinds": """{row}.page_id > 0 AND {row}.page_id IN (
      SELECT page_id FROM story_pages WHERE story = :story AND instr(:kinds, ',' || kind || ','))""",
    "hash": "{row}.diff_hash = :hash",
}
_ORDERS = {
    "significance": "{row}.significance DESC, {row}.seen_at DESC, {row}.id DESC",
    "time": "{row}.seen_at DESC, {row}.id DESC",
}


def _which(asked: Collection[str], row: str) -> str:
    """Only what is asked for: a condition that may be empty keeps SQLite from its indexes."""
    names = [name for name in asked if name not in ("story", "kinds")]
    if stories := [name for name in ("story", "kinds") if name in asked]:
        names.append(" and ".join(stories))
    return "".join(f" AND {_ASKED[name]}" for name in names).format(row=row)


def changes(asked: Collection[str], by: str) -> str:
    """Changes from significance :least on. The same edit on several pages is one row, its newest occurrence.

    *asked* names the parameters that say which, of `_ASKED`; asked for by its hash, all rows of an edit are shown.
    *by* is one of `_ORDERS`. Which rows is asked first, and what they say only of those.
    """
    alike = f"change_ranks o WHERE o.diff_hash = c.diff_hash AND o.significance >= :least{_which(asked, 'o')}"
    newest = f" AND NOT EXISTS (SELECT 1 FROM {alike} AND (o.seen_at, o.id) > (c.seen_at, c.id))"
    order = _ORDERS[by].format(row="c")
    return f"""
WITH picked AS (
  SELECT c.id, (SELECT count(*) FROM {alike}) AS pages_alike
  FROM change_ranks c WHERE c.significance >= :least{_which(asked, "c")}{"" if "hash" in asked else newest}
  ORDER BY {order} LIMIT :limit OFFSET :offset
)
SELECT c.id, c.outlet, c.outlet_name, c.url, c.title, c.language, c.seen_at, c.still_old_at, c.summary, c.similarity, c.words_added,
       c.words_removed, c.moves, c.significance, c.reasons, c.diff_hash, c.old_version_id, c.new_version_id, c.page_id,
       picked.pages_alike, c.withheld_since
FROM picked CROSS JOIN changes c ON c.id = picked.id ORDER BY {order}
"""


def change_count(asked: Collection[str]) -> str:
    """How many changes there are from significance :least on, and below it; counting stops at :most of each.

    From an index: a subquery with a limit is not merged into the count, and so goes without the left join of its view.
    """
    ranked = f"SELECT c.id FROM change_ranks c WHERE c.significance {{}} :least{_which(asked, 'c')} LIMIT :most"
    return f"""
SELECT (SELECT count(*) FROM ({ranked.format(">=")})) AS shown, (SELECT count(*) FROM ({ranked.format("<")})) AS hidden
"""


#: Both texts of changes, to show their words.
TEXTS = """
SELECT id, title, language, text FROM version_texts WHERE id IN (SELECT value FROM json_each(:versions))
"""

# --- search -----------------------------------------------------------------------------------------

#: How many versions hold the words, as far as it matters.
HITS = "SELECT count(*) AS hits FROM (SELECT rowid FROM version_fts WHERE version_fts MATCH :query LIMIT :most)"

_HIT = """
WITH hit AS (
  SELECT rowid AS version_id, highlight(version_fts, 0, :open, :close) AS marked_title,
         snippet(version_fts, 1, :open, :close, ' … ', 48) AS snippet, {place} AS place
  FROM version_fts WHERE version_fts MATCH :query AND rowid NOT IN (SELECT id FROM withheld_versions)
  ORDER BY {order} LIMIT :limit
)
SELECT hit.version_id, hit.marked_title, hit.snippet, v.page_id, v.number, v.outlet_name, v.outlet, v.url, v.title,
       v.language, v.seen_from, v.seen_to, p.latest_version_id, p.last_decision
FROM hit JOIN versions v ON v.id = hit.version_id JOIN pages p ON p.id = v.page_id ORDER BY hit.place
"""

#: The best first: every version that holds the words is weighed.
SEARCH = _HIT.format(place="rank", order="rank")

#: Those read last first, for words that stand nearly everywhere: nothing is weighed.
SEARCH_LAST = _HIT.format(place="-rowid", order="rowid DESC")

#: Of the versions read last, those seen last.
SEARCH_NEWEST = """
WITH hit AS (
  SELECT rowid AS version_id FROM version_fts WHERE version_fts MATCH :query
    AND rowid NOT IN (SELECT id FROM withheld_versions) ORDER BY rowid DESC LIMIT :most
), shown AS (
  SELECT hit.version_id FROM hit JOIN versions v ON v.id = hit.version_id WHERE (:language = '' OR v.language = :language)
  ORDER BY v.seen_from DESC, hit.version_id DESC LIMIT :limit OFFSET :offset
)
SELECT shown.version_id, v.page_id, v.number, v.outlet_name, v.outlet, v.url, v.title, v.language, v.seen_from, v.text_sha256,
       (SELECT snippet(version_fts, 1, '', '', ' … ', 48) FROM version_fts
        WHERE version_fts MATCH :query AND rowid = shown.version_id) AS snippet
FROM shown JOIN versions v ON v.id = shown.version_id ORDER BY v.seen_from DESC, shown.version_id DESC
"""

# --- memento ----------------------------------------------------------------------------------------

PAGES_OF_URLS = """
SELECT DISTINCT page_id FROM captures
WHERE purpose = 'page' AND (url IN (SELECT value FROM json_each(:urls)) OR final_url IN (SELECT value FROM json_each(:urls)))
LIMIT 20
"""

#: What a page can be shown as, and when.
MEMENTOS = """
SELECT id, page_id, url, captured_at FROM captures
WHERE page_id IN (SELECT value FROM json_each(:pages)) AND decision IN ('new_version', 'unchanged')
ORDER BY captured_at, id LIMIT 10000
"""

VERSION_AT = """
SELECT v.id, v.outlet, v.outlet_name, v.url, v.number, v.seen_from, v.seen_to, v.captures, v.text_sha256, v.body_sha256,
       v.extractor, v.page_id, t.title, t.subtitle, t.byline, t.published, t.language, t.correction, t.text
FROM versions v JOIN version_texts t ON t.id = v.id
WHERE v.page_id = :page_id AND v.seen_from <= :at ORDER BY v.seen_from DESC LIMIT 1
"""

# --- health -----------------------------------------------------------------------------------------

WATCH_HEALTH = "SELECT * FROM watch_health ORDER BY watch LIMIT 500"

SOURCE_HEALTH = """
SELECT * FROM source_health ORDER BY bad_in_row = 0 AND alarm IS NULL, watch, source, query LIMIT 500
"""

HOST_HEALTH = "SELECT * FROM host_health ORDER BY bad_in_row DESC, domain LIMIT 200"

INCIDENTS = "SELECT * FROM incidents ORDER BY last_at DESC, id DESC LIMIT 50"

# --- notes ------------------------------------------------------------------------------------------

NOTES = """
SELECT id, about, author, text, noted_at, edited, url, story, page_id, old_page_id, old_version_id, new_version_id,
       withheld_since
FROM notes WHERE page_id IN (SELECT value FROM json_each(:pages)) OR old_page_id IN (SELECT value FROM json_each(:pages))
ORDER BY noted_at, id LIMIT 2000
"""

NOTE_PLACE = "SELECT id, page_id, old_version_id, new_version_id, withheld_since FROM notes WHERE id = :id"

VERSION_PLACE = "SELECT id, page_id, withheld_since FROM versions WHERE id = :id"

MATCH = "SELECT id, version_id, story_id, page_id, withheld_since FROM matches WHERE id = :id"
