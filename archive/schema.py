"""The data dictionary: every table and view of an archive, as commented SQL.

Facts come first (what the user said, what sources named, what servers answered); they are only ever added to.
Derived tables follow; each row carries the label of the code that made it, and `DERIVED` can be emptied
and rebuilt from the facts. Views are the contract with Datasette: tables may change, view columns may not.

Times are TEXT, ISO 8601 in UTC with milliseconds and a Z ("2023-01-20T09:15:00.000Z"), so that text order is time order.
SQL comments survive in `sqlite_master`: the file explains itself to whoever opens it.
"""

from __future__ import annotations

from sqlite_utils import Database, Migrations

from archive.types import WITHHELD

migrations = Migrations("afterprint")

FACTS = """
CREATE TABLE story (                 -- a tracked work
  id          INTEGER PRIMARY KEY,
  slug        TEXT NOT NULL UNIQUE,  -- name of the watch
  title       TEXT NOT NULL,
  outlet      TEXT NOT NULL,         -- who published it first, as credit lines name it; '' if unknown
  aliases     TEXT NOT NULL,         -- JSON list: other names of that outlet
  short_ids   TEXT NOT NULL,         -- JSON list: article ids shared between languages and URL generations
  languages   TEXT NOT NULL,         -- JSON list: languages looked for; [] means any
  alerts      TEXT NOT NULL,         -- JSON list: rules of which the user wants to be told
  min_confidence REAL NOT NULL DEFAULT 0,  -- of a match, below which the user is not told
  mute        TEXT NOT NULL DEFAULT '[]',  -- JSON list: domains of outlets of which the user is not told
  created_at  TEXT NOT NULL
) STRICT;

CREATE TABLE story_url (             -- a URL known to carry the work itself
  id          INTEGER PRIMARY KEY,
  story_id    INTEGER NOT NULL REFERENCES story(id),
  url         TEXT NOT NULL,
  url_key     TEXT NOT NULL,
  language    TEXT,                  -- of the reference text there, 'und' if unsaid; null if it was not named as one
  role        TEXT CHECK (role IN ('original', 'translation')),
  UNIQUE (story_id, url)
) STRICT;

CREATE TABLE story_text (            -- a story's reference text in one language
  id          INTEGER PRIMARY KEY,
  story_id    INTEGER NOT NULL REFERENCES story(id),
  language    TEXT NOT NULL,         -- 'nl'
  role        TEXT NOT NULL CHECK (role IN ('original', 'translation')),
  text        TEXT NOT NULL,
  text_sha256 TEXT NOT NULL,
  source      TEXT NOT NULL,         -- 'file:nl.txt' of the watch, 'user:…' from `add-text`, 'capture:17' if promoted
  active      INTEGER NOT NULL,      -- 0 once the watch no longer names it: matches against it are not made anew
  why         TEXT NOT NULL DEFAULT '',       -- why it was promoted or added, or why it is no longer active
  refused     INTEGER NOT NULL DEFAULT 0,     -- 1: the user took it away, so that no rule brings it back
  UNIQUE (story_id, text_sha256)
) STRICT;

CREATE TABLE outlet (                -- a publisher, by registrable domain
  id          INTEGER PRIMARY KEY,
  domain      TEXT NOT NULL UNIQUE,
  first_seen  TEXT NOT NULL
) STRICT;

CREATE TABLE page (                  -- one article (or feed, or front page) at one outlet
  id          INTEGER PRIMARY KEY,
  outlet_id   INTEGER NOT NULL REFERENCES outlet(id),
  url         TEXT NOT NULL,         -- as first fetched
  url_key     TEXT NOT NULL UNIQUE,  -- normalised: see archive.urls.url_key
  purpose     TEXT NOT NULL,         -- 'page', 'feed', 'sitemap', 'robots', 'front_page', 'search', 'memento', 'warc_record'
  first_seen  TEXT NOT NULL
) STRICT;
CREATE INDEX page_outlet ON page(outlet_id, purpose);  -- pages of an outlet, and how many articles there are

CREATE TABLE page_url (              -- the URLs a page has had
  id          INTEGER PRIMARY KEY,
  page_id     INTEGER NOT NULL REFERENCES page(id),
  url         TEXT NOT NULL UNIQUE,  -- exactly as asked
  url_key     TEXT NOT NULL,
  reason      TEXT NOT NULL,         -- 'fetched', 'redirect', 'moved' (the same article was found where it leads)
  first_seen  TEXT NOT NULL,
  last_seen   TEXT NOT NULL
) STRICT;
CREATE INDEX page_url_key ON page_url(url_key);  -- which page is this URL?
CREATE INDEX page_url_page ON page_url(page_id);

CREATE TABLE page_form (             -- other keys under which a page's URL may be known: see archive.urls.page_keys
  url_key     TEXT NOT NULL,
  page_id     INTEGER NOT NULL REFERENCES page(id),
  url         TEXT NOT NULL,
  PRIMARY KEY (url_key, page_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE run (                   -- one crawl or import
  id           INTEGER PRIMARY KEY,
  kind         TEXT NOT NULL,        -- 'crawl', 'import'
  watch        TEXT,                 -- slug; null for an import
  started_at   TEXT NOT NULL,
  finished_at  TEXT,                 -- null while running, or if it was killed
  state        TEXT NOT NULL,        -- 'running', 'finished', 'stopped' (by the user), 'failed'
  planned      INTEGER NOT NULL DEFAULT 0,  -- URLs taken from the frontier
  fetched      INTEGER NOT NULL DEFAULT 0,  -- captures with an answer
  new          INTEGER NOT NULL DEFAULT 0,  -- of them: a body never seen before
  unchanged    INTEGER NOT NULL DEFAULT 0,  -- of them: 304, or a body seen before
  failed       TEXT NOT NULL DEFAULT '{}',  -- JSON: error class or status -> captures
  skipped      TEXT NOT NULL DEFAULT '{}',  -- JSON: reason -> URLs not asked
  note         TEXT                  -- why it ended, where the state does not say it
) STRICT;

CREATE TABLE run_source (            -- what one source gave in one run
  id           INTEGER PRIMARY KEY,
  run_id       INTEGER NOT NULL REFERENCES run(id),
  source       TEXT NOT NULL,        -- 'feed', 'sitemap', 'wayback' ...
  query        TEXT NOT NULL,        -- its address, or the question in words; for an import the file; else the watch
  outcome      TEXT NOT NULL,        -- 'ok', 'empty', 'unchanged' (304), 'failed', 'unreadable', 'refused', 'limited', 'not_asked'
  reason       TEXT,                 -- in words: why it gave nothing; until when it is left alone
  leads        INTEGER NOT NULL DEFAULT 0,
  new_leads    INTEGER NOT NULL DEFAULT 0,
  fetched      INTEGER NOT NULL DEFAULT 0,  -- pages that it named and that answered in this run
  new          INTEGER NOT NULL DEFAULT 0,  -- of them: a body never seen before
  failed       TEXT NOT NULL DEFAULT '{}',  -- JSON: error class or status -> pages that it named and that failed
  alarm        TEXT,                 -- that it used to give and gave nothing, in words; null if all is as usual
  UNIQUE (run_id, source, query)
) STRICT;

CREATE TABLE lead (                  -- a URL that a source named
  id           INTEGER PRIMARY KEY,
  story_id     INTEGER NOT NULL REFERENCES story(id),
  url          TEXT NOT NULL,
  url_key      TEXT NOT NULL,
  source       TEXT NOT NULL,
  query        TEXT NOT NULL,        -- what the source was asked: its address, or the question in words
  purpose      TEXT NOT NULL,        -- what is expected there: 'page', 'feed' ..., 'search', 'memento', 'warc_record'
  rank         INTEGER,              -- position in the answer, from 1; null where order says nothing
  title        TEXT,                 -- as the source claims it, like the next three
  published    TEXT,
  language     TEXT,
  outlet       TEXT,
  note         TEXT,
  run_id       INTEGER REFERENCES run(id),
  first_seen   TEXT NOT NULL,
  last_seen    TEXT NOT NULL,
  score        REAL,                 -- how likely a page is a copy, 0 to 1, before it was fetched; null if not judged
  score_reason TEXT,                 -- in words
  UNIQUE (story_id, source, query, url)
) STRICT;
CREATE INDEX lead_url_key ON lead(url_key);  -- who named this page?

CREATE TABLE frontier (              -- a URL to fetch, now or later
  id            INTEGER PRIMARY KEY,
  url           TEXT NOT NULL UNIQUE,
  url_key       TEXT NOT NULL UNIQUE, -- of a page: see archive.urls.url_key; of a request to a source, the URL itself
  purpose       TEXT NOT NULL,
  domain        TEXT NOT NULL,       -- registrable: the unit of politeness
  state         TEXT NOT NULL CHECK (state IN ('waiting', 'leased', 'done', 'dropped')),  -- done: it cannot change; dropped: given up
  due_at        TEXT NOT NULL,
  lease_until   TEXT,                -- null unless leased; a lease that ran out is free again
  attempts      INTEGER NOT NULL DEFAULT 0,  -- failures in a row
  visits        INTEGER NOT NULL DEFAULT 0,
  last_changed  TEXT,                -- when a body of it was last new
  etag          TEXT,                -- validators of the last good answer
  last_modified TEXT,
  body_sha256   TEXT,                -- the body that those validators stand for
  why           TEXT NOT NULL,       -- the source that led here first
  added_at      TEXT NOT NULL,
  score         REAL,                -- the best of its leads: new pages are fetched in this order
  score_reason  TEXT,                -- of that lead
  last_status   INTEGER,             -- of its last answer
  changes       INTEGER NOT NULL DEFAULT 0  -- visits whose body or kind of answer was another than the one before
) STRICT;
CREATE INDEX frontier_due ON frontier(state, due_at);  -- what is due?

CREATE TABLE frontier_story (        -- for which stories a URL is fetched
  frontier_id   INTEGER NOT NULL REFERENCES frontier(id),
  story_id      INTEGER NOT NULL REFERENCES story(id),
  PRIMARY KEY (frontier_id, story_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX frontier_story_story ON frontier_story(story_id);

CREATE TABLE host (                  -- what a host asked of us
  host          TEXT PRIMARY KEY,    -- host:port
  retry_at      TEXT,                -- not to be asked before
  reason        TEXT
) STRICT;

CREATE TABLE body (                  -- raw bytes, once
  sha256      TEXT PRIMARY KEY,      -- of the bytes, encodings undone
  data        BLOB NOT NULL,         -- zstd
  size        INTEGER NOT NULL,      -- bytes before compression
  first_seen  TEXT NOT NULL,
  pruned_id   INTEGER REFERENCES pruning(id)  -- the bytes were given up, data is empty; null while they are there
) STRICT;
CREATE INDEX body_pruned ON body(pruned_id) WHERE pruned_id IS NOT NULL;  -- what is no longer there?

CREATE TABLE pruning (               -- a time when somebody gave up the bytes of bodies, to make room: rows and hashes stay
  id          INTEGER PRIMARY KEY,
  rule        TEXT NOT NULL,         -- which bodies, in words
  who         TEXT NOT NULL,
  pruned_at   TEXT NOT NULL,
  bodies      INTEGER NOT NULL,
  bytes       INTEGER NOT NULL       -- of them, before compression
) STRICT;

CREATE TABLE capture (               -- one fetch, whatever came of it
  id            INTEGER PRIMARY KEY,
  run_id        INTEGER REFERENCES run(id),
  page_id       INTEGER NOT NULL REFERENCES page(id),
  purpose       TEXT NOT NULL,
  url           TEXT NOT NULL,       -- the URL asked
  final_url     TEXT NOT NULL,       -- the URL that answered
  redirects     TEXT NOT NULL,       -- JSON: [[url, status, location], ...]
  started_at    TEXT NOT NULL,
  finished_at   TEXT NOT NULL,
  status        INTEGER,             -- null if no answer came
  error_class   TEXT,                -- null if an answer came
  error_detail  TEXT,
  headers       TEXT NOT NULL,       -- JSON: [[name, value], ...] as received
  media_type    TEXT,                -- of Content-Type, without parameters
  body_sha256   TEXT REFERENCES body(sha256),  -- of a 304: the body that it confirms; null if there was none
  not_modified  INTEGER NOT NULL,    -- 1: the server answered 304
  origin        TEXT NOT NULL,       -- 'live', 'warc', 'wayback', 'commoncrawl'
  origin_ref    TEXT UNIQUE,         -- of a record: its id and hash; of a memento: its address; null if live
  rendered_by   TEXT,                -- the browser whose scripts made the body; null if it is what the server sent
  prev_log_hash TEXT NOT NULL,       -- hash chain over the rows of this table in order of id
  log_hash      TEXT NOT NULL
) STRICT;
CREATE INDEX capture_page ON capture(page_id, started_at);  -- the history of a page
CREATE INDEX capture_run ON capture(run_id);
CREATE INDEX capture_body ON capture(body_sha256);          -- who served this body?

CREATE TABLE annotation (            -- what a person said about a change or a match; only ever added to
  id             INTEGER PRIMARY KEY,
  old_capture_id INTEGER REFERENCES capture(id),  -- of a change: a capture that showed what was said before
  new_capture_id INTEGER NOT NULL REFERENCES capture(id),  -- a capture that showed what the note is about; ids of captures stay
  story_id       INTEGER REFERENCES story(id),    -- of a match: the story
  author         TEXT NOT NULL,      -- id of the actor
  text           TEXT NOT NULL,      -- '' if it was taken back
  created_at     TEXT NOT NULL,
  replaces       INTEGER UNIQUE REFERENCES annotation(id),  -- the row that this one edits or takes back; null if it is new
  deleted        INTEGER NOT NULL DEFAULT 0,      -- 1: the note was taken back; its earlier words stay in the earlier rows
  CHECK ((old_capture_id IS NULL) != (story_id IS NULL))
) STRICT;
CREATE INDEX annotation_new ON annotation(new_capture_id);  -- notes about a page
CREATE TRIGGER annotation_stays BEFORE UPDATE ON annotation BEGIN SELECT raise(ABORT, 'notes are only added to'); END;

CREATE TABLE withholding (           -- that somebody asked not to show what a page says, or allowed it again; only ever added to
  id          INTEGER PRIMARY KEY,
  page_id     INTEGER NOT NULL REFERENCES page(id),
  url         TEXT NOT NULL,         -- as the user named the page
  withheld    INTEGER NOT NULL,      -- 1: withheld from then on, 0: shown again
  reason      TEXT NOT NULL,
  decided_by  TEXT NOT NULL,         -- a person, as the user names them
  decided_at  TEXT NOT NULL
) STRICT;
CREATE TABLE withheld (              -- pages of which nothing that they say is shown, kept by the trigger below
  page_id     INTEGER PRIMARY KEY REFERENCES page(id),
  since       TEXT NOT NULL,
  removed     INTEGER NOT NULL DEFAULT 0  -- 1: the words are not even in this file: a published copy
) STRICT;
CREATE TRIGGER withholding_counts AFTER INSERT ON withholding BEGIN
  INSERT INTO withheld (page_id, since) SELECT NEW.page_id, NEW.decided_at WHERE NEW.withheld ON CONFLICT DO NOTHING;
  DELETE FROM withheld WHERE page_id = NEW.page_id AND NOT NEW.withheld;
END;
CREATE TRIGGER withholding_stays BEFORE UPDATE ON withholding BEGIN SELECT raise(ABORT, 'decisions are only added to'); END;
CREATE TRIGGER withholding_goes_not BEFORE DELETE ON withholding BEGIN SELECT raise(ABORT, 'decisions are only added to'); END;

CREATE TABLE alert (                 -- an event of which a story's user was told; it stays when all that is derived is made anew
  id          INTEGER PRIMARY KEY,
  story_id    INTEGER NOT NULL REFERENCES story(id),
  rule        TEXT NOT NULL,         -- 'new_copy', 'changed' ...: see archive.alerts
  subject     TEXT NOT NULL,         -- 'page:4:capture:17': each event once; pages, captures and runs only, whose ids stay
  summary     TEXT NOT NULL,         -- in words
  silent      TEXT NOT NULL,         -- why nobody is told: 'backlog' (it was so before), 'muted'; '' if it is delivered
  details     TEXT NOT NULL,         -- JSON: outlet, url, kind, confidence, passages, change ... as they were then
  created_at  TEXT NOT NULL,
  UNIQUE (story_id, rule, subject)
) STRICT;

CREATE TABLE told_before (           -- what is found in old captures after an upgrade or a rebuild is no news
  up_to       INTEGER NOT NULL       -- captures up to this id were read before it
) STRICT;

CREATE TABLE receiver (              -- a way to tell the user that a watch names
  watch       TEXT NOT NULL,         -- slug
  channel     TEXT NOT NULL,         -- 'webhook', 'mail', 'command'; its address stands in the watch and nowhere else
  since       TEXT NOT NULL,         -- alerts from before are not delivered to it
  PRIMARY KEY (watch, channel)
) STRICT, WITHOUT ROWID;

CREATE TABLE delivery (              -- an alert on its way to a receiver
  id          INTEGER PRIMARY KEY,
  alert_id    INTEGER NOT NULL REFERENCES alert(id),
  channel     TEXT NOT NULL,
  digest      TEXT,                  -- the day of the digest that it goes with; null if it goes at once
  state       TEXT NOT NULL CHECK (state IN ('pending', 'ok', 'failed')),  -- failed: given up
  attempts    INTEGER NOT NULL DEFAULT 0,
  next_try_at TEXT NOT NULL,
  last_error  TEXT,                  -- in words; null if there was none
  done_at     TEXT,                  -- when it was delivered, or given up
  UNIQUE (alert_id, channel)
) STRICT;
CREATE INDEX delivery_due ON delivery(channel, next_try_at) WHERE state = 'pending';  -- what is to be delivered?

CREATE TABLE incident (              -- what befell a run and was no outlet's doing: see archive.health
  id          INTEGER PRIMARY KEY,
  kind        TEXT NOT NULL,         -- 'clock_jumped', 'disk_low', 'watch_wrong', 'crawl_died', 'run_crashed'
  watch       TEXT,                  -- slug or file of the watch; null if it concerns the machine
  detail      TEXT NOT NULL,         -- in words
  at          TEXT NOT NULL,         -- by the clock as it stood afterwards
  last_at     TEXT NOT NULL,         -- the same again within a day is the same row
  times       INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE INDEX incident_last ON incident(last_at);  -- what befell lately?

CREATE TABLE manifest (              -- what a run captured, sealed when it closed: see archive.manifests
  run_id      INTEGER PRIMARY KEY REFERENCES run(id),
  captures    INTEGER NOT NULL,
  head        TEXT NOT NULL,         -- chain hash of the newest capture there was
  sha256      TEXT NOT NULL,         -- of the manifest, byte for byte as `afterprint manifest` writes it
  made_at     TEXT NOT NULL
) STRICT;

CREATE TABLE attestation (           -- what a third party is asked to confirm, on its way; or confirmed
  id          INTEGER PRIMARY KEY,
  kind        TEXT NOT NULL CHECK (kind IN ('timestamp', 'wayback')),
  subject     TEXT NOT NULL,         -- of a time stamp: a chain hash; of a copy in a web archive: the page's URL
  capture_id  INTEGER NOT NULL REFERENCES capture(id),  -- the row with that hash; the capture that the copy is to confirm
  authority   TEXT NOT NULL,         -- address of the service that is asked
  state       TEXT NOT NULL CHECK (state IN ('pending', 'ok', 'failed')),  -- failed: given up
  attempts    INTEGER NOT NULL DEFAULT 0,
  next_try_at TEXT NOT NULL,
  last_error  TEXT,                  -- in words; null if there was none
  job         TEXT,                  -- the service's name for the work that it took on; null if there is none
  created_at  TEXT NOT NULL,
  done_at     TEXT,                  -- when it was confirmed, or given up
  confirmed_at TEXT,                 -- the time that the service states
  proof       BLOB,                  -- of a time stamp: the RFC 3161 answer as it came, certificates in it
  roots       TEXT,                  -- PEM: the root certificates that it was checked against
  memento     TEXT,                  -- of a copy: its address
  UNIQUE (kind, subject, capture_id, authority)
) STRICT;
CREATE INDEX attestation_due ON attestation(next_try_at) WHERE state = 'pending';  -- what is to be asked?
"""

DERIVED = """
CREATE TABLE extraction (            -- what one extractor read from one body
  id          INTEGER PRIMARY KEY,
  body_sha256 TEXT NOT NULL REFERENCES body(sha256),
  label       TEXT NOT NULL,         -- extractor, version, options, normalisation
  path        TEXT NOT NULL,         -- which way the text was found: 'article', 'json', 'whole_page', 'none' ...
  title       TEXT,
  subtitle    TEXT,
  byline      TEXT,
  published   TEXT,                  -- as the page states it
  modified    TEXT,
  section     TEXT,
  language    TEXT,
  site_name   TEXT,
  image       TEXT,
  caption     TEXT,                  -- of the lead image
  page_title  TEXT,                  -- the <title>, without the site's name
  correction  TEXT,                  -- corrections and editor's notes with their labels, one a line
  text        TEXT NOT NULL,         -- paragraphs separated by one line break
  text_sha256 TEXT NOT NULL,
  links       TEXT NOT NULL,         -- JSON: [[url, text], ...]
  markup      TEXT NOT NULL,         -- JSON: canonical, alternates, sources ...
  UNIQUE (body_sha256, label)
) STRICT;

CREATE INDEX extraction_text ON extraction(text_sha256);  -- where else does this text stand?

CREATE TABLE reading (               -- how one capture was judged
  capture_id    INTEGER PRIMARY KEY REFERENCES capture(id),
  label         TEXT NOT NULL,
  extraction_id INTEGER REFERENCES extraction(id),  -- null if there was nothing to read
  quality       REAL NOT NULL,       -- 1 shows the article, 0 does not
  reasons       TEXT NOT NULL,       -- JSON list, worst first
  decision      TEXT NOT NULL,       -- 'new_version', 'unchanged', 'gone', 'bad', 'unreachable', 'not_a_page'
  why           TEXT NOT NULL,       -- the branch of the decision table, in words
  compared      INTEGER NOT NULL DEFAULT 0  -- 1: with the other captures of its run, for one text under many addresses
) STRICT;
CREATE INDEX reading_extraction ON reading(extraction_id);
CREATE INDEX reading_uncompared ON reading(capture_id) WHERE NOT compared;

CREATE TABLE version (               -- an interval in which a page said the same
  id               INTEGER PRIMARY KEY,
  page_id          INTEGER NOT NULL REFERENCES page(id),
  number           INTEGER NOT NULL,  -- 1, 2, 3 in order of time
  first_capture_id INTEGER NOT NULL REFERENCES capture(id),
  last_capture_id  INTEGER NOT NULL REFERENCES capture(id),
  seen_from        TEXT NOT NULL,
  seen_to          TEXT NOT NULL,
  captures         INTEGER NOT NULL,  -- how often it was seen to say this
  extraction_id    INTEGER NOT NULL REFERENCES extraction(id),
  changed_fields   TEXT NOT NULL,     -- JSON list against its predecessor; [] for the first
  UNIQUE (page_id, first_capture_id)
) STRICT;
CREATE INDEX version_page ON version(page_id, number);
CREATE INDEX version_extraction ON version(extraction_id);

CREATE TABLE change (                -- two versions of one page in a row
  id             INTEGER PRIMARY KEY,
  old_version_id INTEGER NOT NULL REFERENCES version(id),
  new_version_id INTEGER NOT NULL REFERENCES version(id),
  label          TEXT NOT NULL,
  fields         TEXT NOT NULL,      -- JSON: {field: [old, new]}, the text left out
  similarity     REAL NOT NULL,      -- share of words kept, 0 to 1
  words_added    INTEGER NOT NULL,
  words_removed  INTEGER NOT NULL,
  moves          INTEGER NOT NULL,   -- paragraphs that changed place
  significance   REAL NOT NULL,      -- 0 noise, 1 grave; ranks, never hides
  reasons        TEXT NOT NULL,      -- JSON list in words
  summary        TEXT NOT NULL,      -- one sentence
  diff_hash      TEXT NOT NULL,      -- equal for the same edit on another page
  links          TEXT NOT NULL DEFAULT '{}',  -- JSON: {"removed": [[url, text], ...], "added": [...]} of the article's text
  fallback       TEXT NOT NULL DEFAULT '',    -- how the texts were compared if they are too large for words; else empty
  outlet_lines   TEXT NOT NULL DEFAULT '[]',  -- JSON list: lines of the outlet that came or went beside it, not counted
  told           INTEGER NOT NULL DEFAULT 0,   -- 1: those who wanted to know were told
  seen_at        TEXT NOT NULL,      -- seen_from of the new version, here to be sorted by
  UNIQUE (old_version_id, new_version_id)
) STRICT;
CREATE INDEX change_new ON change(new_version_id);
CREATE INDEX change_diff_hash ON change(diff_hash, seen_at, significance);  -- the same edit on other pages
CREATE INDEX change_significance ON change(significance, seen_at);  -- the gravest first
CREATE INDEX change_seen_at ON change(seen_at, significance);       -- the newest first
CREATE INDEX change_untold ON change(id) WHERE NOT told;

CREATE TABLE availability_state (    -- an interval in which every capture said the same of whether the page is there
  page_id        INTEGER NOT NULL REFERENCES page(id),
  number         INTEGER NOT NULL,   -- 1, 2, 3 in order of time
  last           INTEGER NOT NULL,   -- 1: the newest of its page
  state          TEXT NOT NULL CHECK (state IN ('live', 'unreachable', 'blocked', 'removed?', 'removed', 'moved')),
  since          TEXT NOT NULL,      -- first and last capture of it; the change lies somewhere before and after
  until          TEXT NOT NULL,
  last_present_capture_id INTEGER REFERENCES capture(id),  -- the last before it that showed the article; null if none did
  last_present_at         TEXT,
  first_absent_capture_id INTEGER REFERENCES capture(id),  -- null if the article was not found absent
  evidence       TEXT NOT NULL,      -- in words
  claimed        INTEGER NOT NULL,   -- 1: may be told as a fact
  captures       INTEGER NOT NULL,
  moved_to       TEXT,
  sentence       TEXT NOT NULL,      -- what may be said of the page with this as its last state
  PRIMARY KEY (page_id, number)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX availability_state_last ON availability_state(page_id) WHERE last;
CREATE INDEX availability_state_absent ON availability_state(page_id)  -- whose host is worth another look?
  WHERE last AND state IN ('removed', 'removed?', 'unreachable');

CREATE TABLE availability_due (      -- pages whose availability is to be judged again
  page_id        INTEGER PRIMARY KEY REFERENCES page(id)
) STRICT;

CREATE TABLE match (                 -- a version against a story
  id             INTEGER PRIMARY KEY,
  version_id     INTEGER NOT NULL REFERENCES version(id),
  story_id       INTEGER NOT NULL REFERENCES story(id),
  story_text_id  INTEGER REFERENCES story_text(id),  -- the text that fits best; null if none does
  label          TEXT NOT NULL,
  texts          TEXT NOT NULL,      -- digest of what of the story it was made against: texts, bylines, pictures
  kind           TEXT NOT NULL CHECK (kind IN ('copy', 'rewrite', 'excerpt', 'translation', 'translated_excerpt',
                                               'quotes_only', 'related', 'mentions', 'unrelated')),
  coverage_story REAL NOT NULL,      -- share of the story that stands on the page
  coverage_page  REAL NOT NULL,      -- share of the page that stands in the story
  similarity     REAL NOT NULL,
  confidence     REAL NOT NULL,
  credit         TEXT,               -- the credit line, null if there is none
  credit_name    TEXT,               -- the name in it that is the story's outlet or an alias
  evidence       TEXT NOT NULL,      -- JSON: figures and signals
  explanation    TEXT NOT NULL,
  UNIQUE (version_id, story_id)
) STRICT;
CREATE INDEX match_story ON match(story_id, kind);
CREATE INDEX match_doubted ON match(version_id) WHERE label = '';  -- to be made anew: see store.doubt_matches

CREATE TABLE passage (               -- what corresponds to what
  id             INTEGER PRIMARY KEY,
  match_id       INTEGER NOT NULL REFERENCES match(id),
  number         INTEGER NOT NULL,   -- in the page's order, from 1
  story_start    INTEGER NOT NULL,   -- character offsets in story_text.text
  story_end      INTEGER NOT NULL,
  page_start     INTEGER NOT NULL,   -- character offsets in extraction.text
  page_end       INTEGER NOT NULL,
  likeness       REAL NOT NULL,
  method         TEXT NOT NULL CHECK (method IN ('lexical', 'semantic')),
  quotation      INTEGER NOT NULL,   -- 1: a third party's words on both sides
  links          TEXT NOT NULL DEFAULT '[]',  -- JSON: [[story_start, story_end, page_start, page_end], ...] of its sentences
  UNIQUE (match_id, number)
) STRICT;

CREATE TABLE direction (             -- which came first, the story or the page; made anew when what it rests on changes
  match_id       INTEGER PRIMARY KEY REFERENCES match(id) ON DELETE CASCADE,
  verdict        TEXT NOT NULL CHECK (verdict IN ('story_first', 'page_first', 'undecided')),
  why            TEXT NOT NULL,      -- in words
  clues          TEXT NOT NULL,      -- JSON: [[kind, which came first by it, words], ...], the strongest first
  notes          TEXT NOT NULL       -- JSON list: what was set aside or says nothing of the order
) STRICT;

CREATE TABLE lookup (                -- under which labels the tables below were made; another label empties them
  part        TEXT PRIMARY KEY,      -- 'matcher', 'encoder'
  label       TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE story_index (           -- how far a story is with being found and finding
  story_id    INTEGER PRIMARY KEY REFERENCES story(id),
  text_ids    TEXT NOT NULL,         -- the texts that it can be found by
  texts       TEXT NOT NULL,         -- digest of them with bylines and pictures, as in match
  stale       INTEGER NOT NULL,      -- 1: the watch was read since: to be looked at again
  up_to       INTEGER NOT NULL,      -- versions up to this id that were there before the story were compared with it
  done        INTEGER NOT NULL       -- 1: all of them
) STRICT, WITHOUT ROWID;
CREATE INDEX story_index_open ON story_index(story_id) WHERE NOT done;  -- which stories have work left?

CREATE TABLE story_pointer (         -- what points to a story: 'url …', 'id …', 'title …' (see archive.match.candidates)
  key         TEXT NOT NULL,
  story_id    INTEGER NOT NULL REFERENCES story(id),
  PRIMARY KEY (key, story_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX story_pointer_story ON story_pointer(story_id);

CREATE TABLE story_text_index (      -- a story text that pages are looked up in
  story_text_id INTEGER PRIMARY KEY REFERENCES story_text(id),
  latin       INTEGER NOT NULL,      -- 1: in Latin letters, so that names can be shared
  vector      BLOB                   -- mean of its sentence vectors, float16; null until a page asks for vectors
) STRICT;
CREATE INDEX story_text_index_bare ON story_text_index(story_text_id) WHERE vector IS NULL;

CREATE TABLE story_fingerprint (     -- hashes of word sequences of a story text
  hash          INTEGER NOT NULL,
  story_text_id INTEGER NOT NULL REFERENCES story_text(id),
  PRIMARY KEY (hash, story_text_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE story_signal (          -- hashes of names and figures of a story text
  signal        INTEGER NOT NULL,
  story_text_id INTEGER NOT NULL REFERENCES story_text(id),
  PRIMARY KEY (signal, story_text_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE story_signal_count (    -- in how many story texts a name or figure stands: the rare ones are looked up first
  signal        INTEGER PRIMARY KEY,
  texts         INTEGER NOT NULL
) STRICT;

CREATE TABLE sentence_vector (       -- a sentence of story texts, once
  id          INTEGER PRIMARY KEY,
  key         BLOB NOT NULL UNIQUE,  -- blake2b of the sentence
  pivot       INTEGER NOT NULL,      -- number of the background sentence nearest to it
  level       REAL NOT NULL,         -- its mean cosine to the nearest background sentences: see archive.match.encoder
  vector      BLOB NOT NULL          -- float16, little endian
) STRICT;
CREATE INDEX sentence_vector_pivot ON sentence_vector(pivot);  -- searched group by group

CREATE TABLE story_sentence (        -- in which story texts a sentence stands
  sentence_id   INTEGER NOT NULL REFERENCES sentence_vector(id),
  story_text_id INTEGER NOT NULL REFERENCES story_text(id),
  PRIMARY KEY (sentence_id, story_text_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX story_sentence_text ON story_sentence(story_text_id);

CREATE TABLE text_index (            -- the text of a page that later stories are looked up in
  extraction_id INTEGER PRIMARY KEY REFERENCES extraction(id),
  latin       INTEGER NOT NULL,
  vector      BLOB                   -- mean of its sentence vectors, float16; null if its sentences were never read
) STRICT;

CREATE TABLE text_fingerprint (      -- hashes of word sequences of a page's text
  hash          INTEGER NOT NULL,
  extraction_id INTEGER NOT NULL REFERENCES extraction(id),
  PRIMARY KEY (hash, extraction_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE text_signal (           -- hashes of names and figures of a page's text
  signal        INTEGER NOT NULL,
  extraction_id INTEGER NOT NULL REFERENCES extraction(id),
  PRIMARY KEY (signal, extraction_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE matched (               -- a version that was compared with all stories there were
  version_id  INTEGER PRIMARY KEY REFERENCES version(id)
) STRICT;

CREATE VIRTUAL TABLE version_fts USING fts5(  -- rowid is version.id; CJK characters are spaced so that they can be found
  title, text, tokenize = "unicode61 remove_diacritics 2"
);
"""

OUTLET_LINES = """
CREATE TABLE outlet_line (           -- on which pages of an outlet a line of text stands: what recurs is not the article's
  outlet_id   INTEGER NOT NULL REFERENCES outlet(id),
  line        INTEGER NOT NULL,      -- hash of the folded line: see archive.memory
  page_id     INTEGER NOT NULL REFERENCES page(id),  -- the first 20 once the line is known to repeat
  PRIMARY KEY (outlet_id, line, page_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE page_lines (            -- the lines of a page in all its versions; pages of one article are told by them
  page_id     INTEGER PRIMARY KEY REFERENCES page(id),
  label       TEXT NOT NULL,         -- way of counting, and the extractor
  lines       BLOB NOT NULL          -- hash (8 bytes) and words (2 bytes) of each line, little endian
) STRICT;
"""

#: What a page says is left out by these views while the page stands in `withheld`; its dates, figures and digests stay.
VIEWS = f"""
CREATE VIEW captures AS              -- every fetch, without its body
SELECT c.id, o.domain AS outlet, c.url, c.started_at AS captured_at, c.status, c.error_class, c.error_detail,
       c.not_modified, c.media_type, c.purpose, c.origin, r.quality, r.reasons AS quality_reasons, r.decision, r.why,
       c.body_sha256, c.final_url, c.redirects, c.page_id, c.run_id, c.log_hash, c.rendered_by
FROM capture c JOIN page p ON p.id = c.page_id JOIN outlet o ON o.id = p.outlet_id
LEFT JOIN reading r ON r.capture_id = c.id;

CREATE VIEW versions AS              -- every version, without its text
SELECT v.id, o.domain AS outlet, coalesce(e.site_name, o.domain) AS outlet_name, p.url, v.number,
       iif(w.page_id IS NULL, e.title, NULL) AS title, e.byline,
       e.published, e.modified, e.language, v.seen_from, v.seen_to, v.captures, v.changed_fields,
       iif(w.page_id IS NULL, e.correction, NULL) AS correction,
       length(e.text) AS text_chars, e.text_sha256, c.body_sha256, e.label AS extractor, v.page_id, v.extraction_id,
       v.first_capture_id, v.last_capture_id, w.since AS withheld_since
FROM version v JOIN page p ON p.id = v.page_id JOIN outlet o ON o.id = p.outlet_id
JOIN extraction e ON e.id = v.extraction_id JOIN capture c ON c.id = v.first_capture_id
LEFT JOIN withheld w ON w.page_id = v.page_id;

CREATE VIEW version_texts AS         -- the text of each version
SELECT v.id, iif(w.page_id IS NULL, e.title, NULL) AS title, iif(w.page_id IS NULL, e.subtitle, NULL) AS subtitle, e.byline,
       e.published, e.modified, e.section, e.language, iif(w.page_id IS NULL, e.image, NULL) AS image, iif(w.page_id IS NULL, e.caption, NULL) AS caption,
       iif(w.page_id IS NULL, e.page_title, NULL) AS page_title,
       iif(w.page_id IS NULL, e.correction, NULL) AS correction, e.markup ->> 'canonical' AS canonical,
       iif(w.page_id IS NULL, e.text, '{WITHHELD}') AS text, iif(w.page_id IS NULL, e.links, '[]') AS links,
       e.path, e.label AS extractor, w.since AS withheld_since
FROM version v JOIN extraction e ON e.id = v.extraction_id LEFT JOIN withheld w ON w.page_id = v.page_id;

CREATE VIEW pages AS                 -- every article page with its state
SELECT p.id, o.domain AS outlet, coalesce(e.site_name, o.domain) AS outlet_name, p.url, iif(w.page_id IS NULL, e.title, NULL) AS title, e.language,
       (SELECT count(*) FROM version v WHERE v.page_id = p.id) AS versions,
       (SELECT count(*) FROM capture c WHERE c.page_id = p.id) AS captures,
       lv.id AS latest_version_id, lv.seen_from AS last_changed, lv.seen_to AS last_seen,
       (SELECT min(c.started_at) FROM capture c WHERE c.page_id = p.id) AS first_captured,
       (SELECT max(c.started_at) FROM capture c WHERE c.page_id = p.id) AS last_captured,
       lc.status AS last_status, lc.error_class AS last_error, lr.decision AS last_decision, lr.why AS last_why,
       a.state, a.sentence AS availability,                          -- whether it is still there, as far as was seen
       CASE WHEN a.state IN ('removed', 'removed?') THEN a.since END AS gone_from,  -- first found absent; null while it is there
       w.since AS withheld_since
FROM page p JOIN outlet o ON o.id = p.outlet_id
LEFT JOIN version lv ON lv.id = (SELECT id FROM version WHERE page_id = p.id ORDER BY number DESC LIMIT 1)
LEFT JOIN extraction e ON e.id = lv.extraction_id
LEFT JOIN capture lc ON lc.id = (SELECT id FROM capture WHERE page_id = p.id ORDER BY started_at DESC, id DESC LIMIT 1)
LEFT JOIN reading lr ON lr.capture_id = lc.id
LEFT JOIN availability_state a ON a.page_id = p.id AND a.last
LEFT JOIN withheld w ON w.page_id = p.id
WHERE p.purpose = 'page';

CREATE VIEW availability AS          -- whether each page was there, as intervals of observation; claimed = 1 may be told as a fact
SELECT a.page_id, o.domain AS outlet, p.url, a.number, a.state, a.since, a.until, a.last_present_at, a.evidence, a.claimed,
       a.captures, a.moved_to, a.sentence, a.last, a.last_present_capture_id, a.first_absent_capture_id,
       (SELECT u.page_id FROM page_url u WHERE u.url = a.moved_to) AS moved_to_page_id  -- its own, unless that had a history before
FROM availability_state a JOIN page p ON p.id = a.page_id JOIN outlet o ON o.id = p.outlet_id;

CREATE VIEW changes AS               -- every edit of an outlet, newest first when sorted by seen_at
SELECT ch.id, o.domain AS outlet, coalesce(e.site_name, o.domain) AS outlet_name, p.url,
       iif(w.page_id IS NULL, e.title, NULL) AS title, e.language, ch.seen_at, ov.seen_to AS still_old_at,
       iif(w.page_id IS NULL, ch.summary, 'withheld') AS summary, ch.similarity, ch.words_added, ch.words_removed, ch.moves, ch.significance,
       iif(w.page_id IS NULL, ch.reasons, '[]') AS reasons, iif(w.page_id IS NULL, ch.fields, '{{}}') AS fields,
       iif(w.page_id IS NULL, ch.links, '{{}}') AS links, ch.diff_hash, iif(w.page_id IS NULL, ch.outlet_lines, '[]') AS outlet_lines,
       ch.fallback, ch.old_version_id, ch.new_version_id, p.id AS page_id, w.since AS withheld_since
FROM change ch JOIN version ov ON ov.id = ch.old_version_id JOIN version nv ON nv.id = ch.new_version_id
JOIN page p ON p.id = nv.page_id JOIN outlet o ON o.id = p.outlet_id JOIN extraction e ON e.id = nv.extraction_id
LEFT JOIN withheld w ON w.page_id = p.id;

CREATE VIEW change_ranks AS          -- by what lists of edits are picked and put in order, from indexes
SELECT ch.id, ch.significance, ch.seen_at, ch.diff_hash,
       v.page_id                     -- a left join, so that SQLite leaves it out where no page is asked for
FROM change ch LEFT JOIN version v ON v.id = ch.new_version_id;

CREATE VIEW totals AS                -- how large the archive is; counted from tables, which takes a thousandth of counting views
SELECT (SELECT count(*) FROM page WHERE purpose = 'page') AS pages, (SELECT count(*) FROM version) AS versions,
       (SELECT count(*) FROM capture) AS captures;

CREATE VIEW matches AS               -- what each version is to each story
SELECT m.id, s.slug AS story, m.kind, o.domain AS outlet, coalesce(e.site_name, o.domain) AS outlet_name, p.url,
       iif(w.page_id IS NULL, e.title, NULL) AS title, e.language, m.coverage_story, m.coverage_page, m.similarity, m.confidence,
       iif(w.page_id IS NULL, m.credit, NULL) AS credit, m.credit_name, iif(w.page_id IS NULL, m.explanation, 'withheld') AS explanation,
       e.published, v.number AS version_number, v.seen_from, v.seen_to,
       iif(w.page_id IS NULL, m.evidence, '{{}}') AS evidence, m.label AS matcher, d.verdict AS came_first,
       iif(w.page_id IS NULL, d.why, NULL) AS came_first_why, iif(w.page_id IS NULL, d.notes, NULL) AS came_first_notes,
       m.version_id, m.story_id, m.story_text_id, v.page_id, v.extraction_id, w.since AS withheld_since
FROM match m LEFT JOIN direction d ON d.match_id = m.id JOIN story s ON s.id = m.story_id JOIN version v ON v.id = m.version_id
JOIN page p ON p.id = v.page_id JOIN outlet o ON o.id = p.outlet_id JOIN extraction e ON e.id = v.extraction_id
LEFT JOIN withheld w ON w.page_id = p.id;

CREATE VIEW story_pages AS           -- each page once a story: its strongest match, with the page's life
SELECT m.id AS match_id, m.story_id, s.slug AS story, m.kind,
       EXISTS (SELECT 1 FROM story_url u WHERE u.story_id = m.story_id AND u.url_key = p.url_key)
         OR EXISTS (SELECT 1 FROM story_text t JOIN capture tc ON tc.id = substr(t.source, 9)
                    WHERE t.story_id = m.story_id AND t.active AND t.source LIKE 'capture:%' AND tc.page_id = p.id)
         AS own,                     -- the work itself, or an official translation of it
       o.domain AS outlet, coalesce(e.site_name, o.domain) AS outlet_name, p.url,
       iif(w.page_id IS NULL, e.title, NULL) AS title, e.language, m.coverage_story, m.coverage_page, m.similarity, m.confidence,
       iif(w.page_id IS NULL, m.credit, NULL) AS credit, m.credit_name, iif(w.page_id IS NULL, m.explanation, 'withheld') AS explanation, e.published,
       (SELECT min(seen_from) FROM version WHERE page_id = p.id) AS first_seen,
       (SELECT max(seen_to) FROM version WHERE page_id = p.id) AS last_seen,
       (SELECT count(*) FROM version WHERE page_id = p.id) AS versions,
       coalesce(lr.decision, 'unread') AS last_decision, lr.why AS last_why, lc.started_at AS last_captured,
       d.verdict AS came_first, iif(w.page_id IS NULL, d.why, NULL) AS came_first_why, m.version_id, m.story_text_id, p.id AS page_id,
       (SELECT id FROM version WHERE page_id = p.id ORDER BY number DESC LIMIT 1) AS latest_version_id,
       a.state, a.sentence AS availability, CASE WHEN a.state IN ('removed', 'removed?') THEN a.since END AS gone_from,
       w.since AS withheld_since
FROM match m LEFT JOIN direction d ON d.match_id = m.id JOIN story s ON s.id = m.story_id
JOIN version v ON v.id = m.version_id JOIN page p ON p.id = v.page_id JOIN outlet o ON o.id = p.outlet_id
JOIN extraction e ON e.id = v.extraction_id JOIN capture lc ON lc.id = (SELECT id FROM capture WHERE page_id = p.id ORDER BY started_at DESC, id DESC LIMIT 1)
LEFT JOIN reading lr ON lr.capture_id = lc.id
LEFT JOIN availability_state a ON a.page_id = p.id AND a.last
LEFT JOIN withheld w ON w.page_id = p.id
WHERE m.id = (SELECT m2.id FROM version v2 CROSS JOIN match m2 ON m2.version_id = v2.id  -- else it walks all of a story
              WHERE v2.page_id = p.id AND m2.story_id = m.story_id
              ORDER BY (m2.kind NOT IN ('copy', 'rewrite', 'excerpt', 'translation', 'translated_excerpt')),
                       (m2.kind IN ('mentions', 'unrelated')), m2.coverage_story DESC, v2.number DESC LIMIT 1);

CREATE VIEW stories AS               -- what is watched
SELECT s.id, s.slug, s.title, s.outlet, s.languages,
       (SELECT json_group_array(u.url) FROM story_url u WHERE u.story_id = s.id) AS urls,
       (SELECT count(*) FROM story_pages sp WHERE sp.story_id = s.id AND NOT sp.own
          AND sp.kind IN ('copy', 'rewrite', 'excerpt', 'translation', 'translated_excerpt')) AS copies,
       (SELECT count(DISTINCT sp.outlet) FROM story_pages sp WHERE sp.story_id = s.id AND NOT sp.own
          AND sp.kind IN ('copy', 'rewrite', 'excerpt', 'translation', 'translated_excerpt')) AS outlets,
       (SELECT count(*) FROM story_text t WHERE t.story_id = s.id AND t.active) AS texts
FROM story s;

CREATE VIEW story_texts AS           -- the reference texts
SELECT t.id, t.story_id, s.slug AS story, t.language, t.role, t.source, t.active, t.why, length(t.text) AS text_chars,
       t.text_sha256, iif(w.page_id IS NULL, t.text, '{WITHHELD}') AS text, w.since AS withheld_since
FROM story_text t JOIN story s ON s.id = t.story_id  -- a text promoted or added from a page is that page's words
LEFT JOIN capture c ON t.source LIKE 'capture:%' AND c.id = CAST(substr(t.source, 9) AS INTEGER)
LEFT JOIN page_url u ON t.source LIKE 'user:http%' AND u.url = substr(t.source, 6)
LEFT JOIN withheld w ON w.page_id = coalesce(c.page_id, u.page_id);

CREATE VIEW passages AS              -- aligned spans with the words of both sides; none where one side is withheld
SELECT ps.id, ps.match_id, ps.number, ps.likeness, ps.method, ps.quotation,
       substr(t.text, ps.story_start + 1, ps.story_end - ps.story_start) AS story_words,
       substr(e.text, ps.page_start + 1, ps.page_end - ps.page_start) AS page_words,
       ps.story_start, ps.story_end, ps.page_start, ps.page_end, m.story_id, m.version_id, m.story_text_id, ps.links
FROM passage ps JOIN match m ON m.id = ps.match_id JOIN story_text t ON t.id = m.story_text_id
JOIN version v ON v.id = m.version_id JOIN extraction e ON e.id = v.extraction_id
WHERE NOT EXISTS (SELECT 1 FROM withheld w WHERE w.page_id = v.page_id)
  AND NOT EXISTS (SELECT 1 FROM capture c JOIN withheld w ON w.page_id = c.page_id
                  WHERE t.source LIKE 'capture:%' AND c.id = CAST(substr(t.source, 9) AS INTEGER))
  AND NOT EXISTS (SELECT 1 FROM page_url u JOIN withheld w ON w.page_id = u.page_id
                  WHERE t.source LIKE 'user:http%' AND u.url = substr(t.source, 6));

CREATE VIEW leads AS                 -- who named which URL
SELECT l.id, s.slug AS story, l.source, l.query, l.rank, l.url, iif(wu.url_key IS NULL, l.title, NULL) AS title, l.published,
       l.language, l.outlet, iif(wu.url_key IS NULL, l.note, NULL) AS note, l.first_seen, l.last_seen, l.run_id, l.score,
       iif(wu.url_key IS NULL, l.score_reason, NULL) AS score_reason
FROM lead l JOIN story s ON s.id = l.story_id
LEFT JOIN (SELECT DISTINCT u.url_key FROM withheld w JOIN page_url u ON u.page_id = w.page_id) wu ON wu.url_key = l.url_key;

CREATE VIEW page_leads AS            -- who named which page
SELECT DISTINCT pu.page_id, l.id, s.slug AS story, l.source, l.query, l.rank, l.url, iif(w.page_id IS NULL, l.title, NULL) AS title, l.published,
       l.language, l.outlet, iif(w.page_id IS NULL, l.note, NULL) AS note, l.first_seen, l.last_seen, l.run_id
FROM page_url pu JOIN lead l ON l.url_key = pu.url_key JOIN story s ON s.id = l.story_id
LEFT JOIN withheld w ON w.page_id = pu.page_id;

CREATE VIEW attestations AS          -- time stamps of the hash chain, and copies asked of a web archive
SELECT a.id, a.kind, a.subject, c.url, a.authority, a.state, a.attempts, a.last_error, a.created_at, a.next_try_at,
       a.confirmed_at, a.memento, a.done_at, a.capture_id
FROM attestation a JOIN capture c ON c.id = a.capture_id;

CREATE VIEW runs AS SELECT id, kind, watch, state, started_at, finished_at, planned, fetched, new, unchanged, failed, skipped, note FROM run;

CREATE VIEW run_sources AS           -- what each source gave in each run
SELECT rs.id, rs.run_id, r.watch, r.started_at, rs.source, rs.query, rs.outcome, rs.reason, rs.leads, rs.new_leads,
       rs.fetched, rs.new, rs.failed
FROM run_source rs JOIN run r ON r.id = rs.run_id;

CREATE VIEW incidents AS SELECT id, kind, watch, detail, at, last_at, times FROM incident;

CREATE VIEW watch_health AS          -- each watch with its last crawl, of the last 1,000 runs; judged by archive.health
WITH crawl AS (
  SELECT id, watch, state, started_at, finished_at, planned, fetched, new, note,
         state IN ('failed', 'killed') OR (state = 'finished' AND planned > 0 AND fetched = 0) AS bad
  FROM run WHERE kind = 'crawl' AND watch IS NOT NULL AND id > (SELECT max(id) FROM run) - 1000
), last AS (
  SELECT watch, max(id) AS id, count(*) AS runs, max(id) FILTER (WHERE fetched > 0 AND NOT bad) AS good_id FROM crawl GROUP BY watch
)
SELECT l.watch, l.runs, c.id AS last_run_id, c.state, c.started_at, c.finished_at, c.planned, c.fetched, c.new, c.note,
       (SELECT started_at FROM crawl WHERE id = l.good_id) AS last_good,
       (SELECT count(*) FROM crawl b WHERE b.watch = l.watch AND b.bad AND b.id > coalesce(l.good_id, 0)) AS bad_in_row,
       -- what is known and was to be visited by now; new pages wait by their promise, and may do so for long
       (SELECT min(f.due_at) FROM story s JOIN frontier_story fs ON fs.story_id = s.id JOIN frontier f ON f.id = fs.frontier_id
        WHERE s.slug = l.watch AND f.state IN ('waiting', 'leased') AND (f.purpose <> 'page' OR f.visits > 0 OR f.why = 'given')) AS next_due
FROM last l JOIN crawl c ON c.id = l.id;

CREATE VIEW source_health AS         -- each source of each watch, of the last 1,000 runs; a source that is asked stands for all that it was asked
WITH answer AS (
  SELECT r.watch, s.source,
         CASE WHEN s.source IN ('given', 'feed', 'sitemap', 'robots', 'front_page', 'import') THEN s.query ELSE '' END AS query,
         s.run_id, r.started_at, sum(s.leads) AS leads, max(s.alarm) AS alarm,
         max(s.outcome IN ('ok', 'empty', 'unchanged')) AS good,
         max(CASE WHEN s.outcome IN ('failed', 'unreadable', 'refused', 'limited') THEN s.outcome END) AS outcome,
         max(CASE WHEN s.outcome IN ('failed', 'unreadable', 'refused', 'limited') THEN s.reason END) AS reason
  FROM run_source s JOIN run r ON r.id = s.run_id
  WHERE r.kind = 'crawl' AND s.outcome <> 'not_asked' AND s.run_id > (SELECT max(id) FROM run) - 1000
  GROUP BY 1, 2, 3, 4
), last AS (
  SELECT watch, source, query, count(*) AS runs, max(run_id) AS run_id, max(run_id) FILTER (WHERE good) AS good_id,
         max(run_id) FILTER (WHERE leads > 0) AS gave_id, max(started_at) FILTER (WHERE good) AS last_good,
         max(started_at) FILTER (WHERE leads > 0) AS last_gave
  FROM answer GROUP BY 1, 2, 3
)
SELECT l.watch, l.source, l.query, l.runs, a.run_id AS last_run_id, a.started_at AS last_asked,
       CASE WHEN a.good THEN CASE WHEN a.leads > 0 THEN 'ok' ELSE 'empty' END ELSE a.outcome END AS outcome,
       CASE WHEN a.good THEN NULL ELSE a.reason END AS reason, l.last_good, l.last_gave,
       (SELECT count(*) FROM answer b WHERE b.watch = l.watch AND b.source = l.source AND b.query = l.query AND NOT b.good
          AND b.outcome <> 'limited' AND b.run_id > coalesce(l.good_id, 0)) AS bad_in_row,
       (SELECT max(b.alarm) FROM answer b WHERE b.watch = l.watch AND b.source = l.source AND b.query = l.query
          AND b.run_id > coalesce(l.gave_id, 0)) AS alarm
FROM last l JOIN answer a ON a.watch = l.watch AND a.source = l.source AND a.query = l.query AND a.run_id = l.run_id;

CREATE VIEW host_health AS           -- each host, by its registrable domain, in the last 50 crawls
WITH answer AS (
  SELECT o.domain, c.id, c.started_at, coalesce(c.error_class, 'http ' || c.status) AS outcome, c.error_detail,
         CASE WHEN c.error_class IN ('robots', 'guard') OR c.status IN (401, 403, 407, 429, 451) THEN 'refused'
              WHEN c.status < 500 THEN 'answered' ELSE 'failed' END AS class
  FROM run r JOIN capture c ON c.run_id = r.id JOIN page p ON p.id = c.page_id JOIN outlet o ON o.id = p.outlet_id
  WHERE r.kind = 'crawl' AND c.origin = 'live' AND c.error_class IS NOT 'budget'
    AND r.id IN (SELECT id FROM run WHERE kind = 'crawl' ORDER BY id DESC LIMIT 50)
), last AS (
  SELECT domain, count(*) AS captures, sum(class = 'answered') AS answered, sum(class = 'refused') AS refused,
         sum(class = 'failed') AS failed, max(id) AS id, max(id) FILTER (WHERE class = 'answered') AS good_id,
         max(started_at) FILTER (WHERE class = 'answered') AS last_answered
  FROM answer GROUP BY domain
)
SELECT l.domain, l.captures, l.answered, l.refused, l.failed, a.started_at AS last_asked, a.class, a.outcome, a.error_detail AS detail,
       l.last_answered, (SELECT count(*) FROM answer b WHERE b.domain = l.domain AND b.class <> 'answered' AND b.id > coalesce(l.good_id, 0)) AS bad_in_row,
       (SELECT max(h.retry_at) FROM host h WHERE instr('.' || h.host || ':', '.' || l.domain || ':') > 0) AS held_until
FROM last l JOIN answer a ON a.id = l.id;

CREATE VIEW withheld_pages AS        -- of which pages nothing that they say is shown; who asked for it stands in withholding
SELECT w.page_id, o.domain AS outlet, p.url, w.since, w.removed FROM withheld w JOIN page p ON p.id = w.page_id JOIN outlet o ON o.id = p.outlet_id;

CREATE VIEW withheld_versions AS SELECT v.id FROM withheld w JOIN version v ON v.page_id = w.page_id;

CREATE VIEW notes AS                 -- what people noted, in its last form; versions as they are now around the captures
SELECT a.id, iif(a.story_id IS NULL, 'change', 'match') AS about, a.author,
       iif(w.page_id IS NULL, a.text, 'withheld') AS text, a.created_at AS noted_at, a.replaces IS NOT NULL AS edited,
       o.domain AS outlet, p.url, s.slug AS story, ov.id AS old_version_id, nv.id AS new_version_id, nc.page_id,
       oc.page_id AS old_page_id, a.old_capture_id, a.new_capture_id, oc.body_sha256 AS old_body_sha256,
       nc.body_sha256 AS new_body_sha256, w.since AS withheld_since
FROM annotation a JOIN capture nc ON nc.id = a.new_capture_id JOIN page p ON p.id = nc.page_id JOIN outlet o ON o.id = p.outlet_id
LEFT JOIN capture oc ON oc.id = a.old_capture_id LEFT JOIN story s ON s.id = a.story_id
LEFT JOIN version nv ON nv.page_id = nc.page_id AND nc.started_at BETWEEN nv.seen_from AND nv.seen_to
LEFT JOIN version ov ON ov.page_id = oc.page_id AND oc.started_at BETWEEN ov.seen_from AND ov.seen_to
LEFT JOIN withheld w ON w.page_id IN (nc.page_id, oc.page_id)
WHERE NOT a.deleted AND NOT EXISTS (SELECT 1 FROM annotation later WHERE later.replaces = a.id)
GROUP BY a.id;
"""

#: Derived tables, children first: emptying them in this order breaks no reference.
DERIVED_TABLES = (
    "matched", "text_signal", "text_fingerprint", "text_index", "story_sentence", "sentence_vector", "story_signal_count", "story_signal",
    "story_fingerprint", "story_text_index", "story_pointer", "story_index", "lookup", "outlet_line", "page_lines",
    "direction", "passage", "match", "change", "version_fts", "version",
    "availability_due", "availability_state", "reading", "extraction",
)  # fmt: skip


def _run_script(db: Database, script: str) -> None:
    """Run statement by statement inside the open transaction (`executescript` would commit it)."""
    import sqlite3

    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            if statement.strip():
                db.conn.execute(statement)
            statement = ""


@migrations()
def m001_facts(db: Database) -> None:
    _run_script(db, FACTS)


@migrations()
def m002_derived(db: Database) -> None:
    _run_script(db, DERIVED)


@migrations()
def m003_views(db: Database) -> None:
    _run_script(db, VIEWS)


@migrations()
def m004_outlet_lines(db: Database) -> None:
    _run_script(db, OUTLET_LINES)


@migrations()
def m005_triage(db: Database) -> None:
    """Scores of leads, and what revisits need to know. An archive made since has the columns already."""
    for table, columns in (
        ("lead", ("score REAL", "score_reason TEXT")),
        (
            "frontier",
            ("score REAL", "score_reason TEXT", "last_status INTEGER", "changes INTEGER NOT NULL DEFAULT 0"),
        ),
    ):
        known = {row[1] for row in db.conn.execute(f"PRAGMA table_info({table})")}
        for column in columns:
            if column.split()[0] not in known:
                db.conn.execute(f"ALTER TABLE {table} ADD COLUMN {column}")
    leads = VIEWS[VIEWS.index("CREATE VIEW leads ") :].partition(";")[0]
    db.conn.execute("DROP VIEW leads")
    db.conn.execute(leads)
