"""The SQL of the pages: named parameters only, and views only (`version_fts` is the one table)."""

from __future__ import annotations

IS_ARCHIVE = "SELECT count(*) = 2 FROM sqlite_master WHERE type = 'view' AND name IN ('story_pages', 'version_texts')"

# --- home -------------------------------------------------------------------------------------------

STORIES = "SELECT id, slug, title, outlet, languages, copies, outlets, texts FROM stories ORDER BY title LIMIT 200"

TOTALS = """
SELECT (SELECT count(*) FROM pages) AS pages, (SELECT count(*) FROM versions) AS versions,
       (SELECT count(*) FROM captures) AS captures
"""

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

STORY = "SELECT id, slug, title, outlet, languages, urls, copies, outlets FROM stories WHERE slug = :slug"

STORY_TEXTS = """
SELECT id, language, role, source, active, why, text_chars, text_sha256 FROM story_texts
WHERE story_id = :story_id ORDER BY role, language, id LIMIT 100
"""

STORY_PAGES = """
SELECT match_id, kind, own, outlet, outlet_name, url, title, language, coverage_story, coverage_page, similarity, confidence,
       credit, credit_name, explanation, published, first_seen, last_seen, versions, last_decision, last_why,
       last_captured, gone_from, came_first, came_first_why, version_id, story_text_id, page_id, latest_version_id
FROM story_pages WHERE story_id = :story_id
ORDER BY own DESC, instr(:kinds, ',' || kind || ','), coverage_story DESC, first_seen, page_id LIMIT :limit
"""

VERSION_STARTS = """
SELECT page_id, seen_from FROM versions
WHERE page_id IN (SELECT value FROM json_each(:pages)) ORDER BY page_id, number LIMIT 20000
"""

# --- page -------------------------------------------------------------------------------------------

PAGE = """
SELECT id, outlet, outlet_name, url, title, language, versions, captures, latest_version_id, last_seen, first_captured,
       last_captured, last_status, last_error, last_decision, last_why, gone_from
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
SELECT id, captured_at, status, error_class, error_detail, quality, quality_reasons, decision, why, origin
FROM captures WHERE page_id = :page_id ORDER BY captured_at, id LIMIT 5000
"""

PAGE_MATCHES = """
SELECT id, story, story_id, kind, language, coverage_story, coverage_page, similarity, confidence, credit, credit_name,
       explanation, came_first, came_first_why, came_first_notes, version_number, version_id, story_text_id, matcher
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

# --- compare ----------------------------------------------------------------------------------------

VERSION = """
SELECT v.id, v.outlet, v.outlet_name, v.url, v.number, v.seen_from, v.seen_to, v.captures, v.text_sha256, v.body_sha256,
       v.extractor, v.page_id, t.title, t.subtitle, t.byline, t.published, t.modified, t.section, t.language, t.image,
       t.correction, t.text
FROM versions v JOIN version_texts t ON t.id = v.id WHERE v.id = :id
"""

STORY_TEXT = """
SELECT t.id, t.story, t.language, t.role, t.source, t.text_sha256, t.text, s.title, s.outlet
FROM story_texts t JOIN stories s ON s.id = t.story_id WHERE t.id = :id
"""

NEIGHBOURS = """
SELECT (SELECT id FROM versions WHERE page_id = :page_id AND number < :number ORDER BY number DESC LIMIT 1) AS before,
       (SELECT id FROM versions WHERE page_id = :page_id AND number > :number ORDER BY number LIMIT 1) AS after
"""

#: The passages of a version, with the story text that they quote.
VERSION_PASSAGES = """
SELECT story_text_id, story_start, story_end, page_start, page_end, likeness FROM passages
WHERE version_id = :id ORDER BY story_text_id, page_start LIMIT 2000
"""

# --- changes ----------------------------------------------------------------------------------------

#: The same edit on several pages is one row, its newest occurrence; asked for by its hash, all are shown.
CHANGES = """
SELECT * FROM (
  SELECT id, outlet, outlet_name, url, title, seen_at, still_old_at, summary, similarity, words_added, words_removed, moves,
         significance, reasons, diff_hash, old_version_id, new_version_id, page_id,
         count(*) OVER (PARTITION BY diff_hash) AS pages_alike,
         row_number() OVER (PARTITION BY diff_hash ORDER BY seen_at DESC, id DESC) AS place
  FROM changes WHERE significance >= :least AND (:outlet = '' OR outlet = :outlet) AND (:hash = '' OR diff_hash = :hash)
) WHERE place = 1 OR :hash <> '' ORDER BY seen_at DESC, id DESC LIMIT :limit OFFSET :offset
"""

CHANGE_COUNTS = """
SELECT count(*) AS total, coalesce(sum(significance < :least), 0) AS hidden FROM changes
WHERE :outlet = '' OR outlet = :outlet
"""

# --- search -----------------------------------------------------------------------------------------

SEARCH = """
WITH hit AS (
  SELECT rowid AS version_id, rank, highlight(version_fts, 0, :open, :close) AS marked_title,
         snippet(version_fts, 1, :open, :close, ' … ', 48) AS snippet
  FROM version_fts WHERE version_fts MATCH :query ORDER BY rank LIMIT 500
)
SELECT hit.version_id, hit.marked_title, hit.snippet, v.page_id, v.number, v.outlet_name, v.outlet, v.url, v.title,
       v.language, v.seen_from, v.seen_to, p.latest_version_id, p.last_decision
FROM hit JOIN versions v ON v.id = hit.version_id JOIN pages p ON p.id = v.page_id ORDER BY hit.rank
"""
