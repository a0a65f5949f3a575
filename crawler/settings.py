"""Scrapy's settings: every value that differs from the default of Scrapy 2.19, with the default and the reason.

What a watch says (delay, contact, budgets) comes on top when the spider starts: see `spiders/base.py`.
"""

from importlib.util import find_spec

BOT_NAME = "afterprint"  # default "scrapybot"
SPIDER_MODULES = ["crawler.spiders"]
NEWSPIDER_MODULE = "crawler.spiders"

# --- ours ---

RUN_PATIENCE = 120  # seconds that a run waits for a held host before it ends and leaves the URL to the next run

# --- safety ---

REMOTE_CONTROL_ENABLED = False  # default True: a local HTTP server that runs Python inside the crawl
TELNETCONSOLE_ENABLED = False  # default True: the same over telnet
DOWNLOAD_VERIFY_CERTIFICATES = True  # default False; a page from a false server would be false evidence
DOWNLOAD_HANDLERS = {  # default also data, file, ftp, s3: a link must not read local files
    "http": "crawler.handlers.TimedHandler",
    "https": "crawler.handlers.TimedHandler",
    "data": None,
    "file": None,
    "ftp": None,
    "s3": None,
}
TWISTED_DNS_RESOLVER = "crawler.guard.GuardedResolver"  # default CachingThreadedResolver: connects to any address
HTTPPROXY_ENABLED = False  # default True; a proxy would resolve names behind the guard's back
DOWNLOAD_MAXSIZE = (
    24 * 1024 * 1024
)  # default 1 GiB; also the cap once decompressed. The largest real sitemap seen: 21 MB
DOWNLOAD_WARNSIZE = 0  # default 32 MiB; over the cap it is a capture with its own error class, no warning
DOWNLOAD_TIMEOUT = 30  # default 180; in all, from the name's lookup to the last byte: a slow drip ends too
REDIRECT_MAX_TIMES = 5  # default 20; real chains (http, www, slash, language) need four
COOKIES_ENABLED = False  # default True; each page as a stranger sees it, so that two captures can be compared

# --- politeness ---

CONCURRENT_REQUESTS_PER_DOMAIN = 1  # default 8; one at a time is what a site cannot object to
DOWNLOAD_DELAY_JITTER = 0.2  # default 0.5; the spider sets the delay a quarter higher, so that it is never undercut
ROBOTSTXT_OBEY = False  # the default, which is not what it seems: crawler.middlewares.RobotsMiddleware obeys, always

# --- the crawl's own parts ---

DOWNLOADER_MIDDLEWARES = {
    # In this order for requests, in reverse for answers. Each hop of a redirect passes all of them again.
    "crawler.middlewares.GuardMiddleware": 100,  # first: what is refused needs no robots.txt
    "crawler.middlewares.HoldMiddleware": 200,  # before robots: a held host is not asked for its robots.txt either
    "crawler.middlewares.RobotsMiddleware": 300,
    "crawler.browser.BrowserMiddleware": 500,  # after the redirects: a page is opened where it stands; off if no outlet needs it
    "crawler.middlewares.RedirectMiddleware": 600,
    # Off, because ours do it:
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,  # allows all when robots.txt answers 5xx
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,  # keeps no statuses
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,  # accepts half a gzip stream
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,  # a failure is a row; the frontier asks again later
    # Off, because the request is made with its headers:
    "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": None,
    "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": None,
    # Off, because nothing needs them:
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,  # what the server said is what is kept
    "scrapy.downloadermiddlewares.cookies.CookiesMiddleware": None,
    "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": None,
    "scrapy.downloadermiddlewares.httpcache.HttpCacheMiddleware": None,
    "scrapy.downloadermiddlewares.stats.DownloaderStats": None,
}
SPIDER_MIDDLEWARES = {  # all of them act on requests found in pages; ours come from the archive
    "scrapy.spidermiddlewares.start.StartSpiderMiddleware": None,
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,  # drops answers that are not 2xx; they are facts
    "scrapy.spidermiddlewares.referer.RefererMiddleware": None,
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
    "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware": None,
}
ITEM_PIPELINES = {"crawler.pipelines.ArchivePipeline": 500}
EXTENSIONS = {
    "crawler.extensions.JsonLog": 100,  # before all that may have something to say
    "crawler.extensions.RunRecord": 500,
    "crawler.extensions.Progress": 600,  # after RunRecord, whose summary it prints
    "scrapy.extensions.telnet.TelnetConsole": None,
    "scrapy.extensions.remote_control.RemoteControl": None,
    "scrapy.extensions.feedexport.FeedExporter": None,
    "scrapy.extensions.spiderstate.SpiderState": None,
    "scrapy.extensions.throttle.AutoThrottle": None,  # speeds up on quick errors, a 429 among them
    "scrapy.extensions.logstats.LogStats": None,  # Progress says it in our words
    "scrapy.extensions.memdebug.MemoryDebugger": None,
}
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"  # default RFPDupeFilter; the frontier knows each URL once

# --- throughput ---

CONCURRENT_REQUESTS = 32  # default 16; one per host, so many hosts side by side
DOWNLOAD_SLOTS = {  # default {}
    # What a page in a browser asks for comes at once, a few at a time, as for a reader: see crawler.browser.
    "parts of pages": {"concurrency": 4, "delay": 0.0, "jitter": 0.0},
}
CONCURRENT_ITEMS = (
    1  # default 100: a task per slot and response is started even for a single item (a quarter of the CPU)
)
SCRAPER_SLOT_MAX_ACTIVE_SIZE = 64 * 1024 * 1024  # default 5 MB, less than one body may have
WARN_ON_GENERATOR_RETURN_VALUE = False  # default True: parses the callback's source for each response (0.8 ms of 3.4)
REACTOR_THREADPOOL_MAXSIZE = 20  # default 10; the threads look up names, and a dead name server holds each for seconds
if find_spec("uvloop"):
    ASYNCIO_EVENT_LOOP = "uvloop.Loop"  # default None, the slower loop of the standard library

# --- messages ---

LOG_LEVEL = "INFO"  # default DEBUG
LOG_VERSIONS: list[str] = []  # default: eleven packages in every log
STATS_DUMP = False  # default True; the run's summary block says it in our words

# JOBDIR stays unset: its queues lose URLs when the process is killed. The frontier is in the archive.
