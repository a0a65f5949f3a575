"""`python -m crawler WATCH`: one crawl in this process, with an exit code that can be trusted.

Scrapy's own code is 0 even if every request failed. Here: 0 all went well, 1 some source failed or the crawl did,
2 the watch or an option is wrong, 3 another crawl is at work on the archive.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import click
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from archive.exceptions import AfterprintError
from crawler.report import exit_code
from crawler.watch import Watch, load_watch


def project_settings(**overrides: object) -> Settings:
    """`crawler.settings`, wherever the command is run."""
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    settings.setdict(overrides, priority="cmdline")
    return settings


def crawl(
    watch: Watch,
    archive: Path,
    *,
    again: bool = False,
    budget: int | None = None,
    spider_name: str = "discover",
    verbose: bool = False,
    **overrides: object,
) -> int:
    """Run one crawl, and return its exit code. Once per process: a reactor does not start twice."""
    from crawler.spiders.base import ArchiveSpider

    process = AsyncCrawlerProcess(project_settings(LOG_LEVEL="INFO" if verbose else "WARNING", **overrides))
    crawler = process.create_crawler(spider_name)
    task = process.crawl(crawler, watch=watch, archive=str(archive), again="1" if again else "", budget=budget)
    process.start()
    error = _error_of(task)
    if isinstance(error, AfterprintError):
        click.echo(f"Error: {error}", err=True)
        return error.exit_code
    if error is not None:
        raise error
    spider = crawler.spider
    assert isinstance(spider, ArchiveSpider)
    if spider.error is not None:
        click.echo(f"Error: {spider.error}", err=True)
        return spider.error.exit_code
    assert spider.summary is not None
    return exit_code(spider.summary, spider.failed_given)


def _error_of(task: asyncio.Task[None]) -> BaseException | None:
    return task.exception() if task.done() and not task.cancelled() else None


@click.command()
@click.argument("watch", type=click.Path(path_type=Path))
@click.option("--archive", type=click.Path(path_type=Path), default="archive.db", show_default=True)
@click.option("--again", is_flag=True, help="Ask all URLs of the watch, due or not.")
@click.option("--budget", type=click.IntRange(min=1), help="URLs to ask at most. [default: the watch's max_pages]")
@click.option("--verbose", "-v", is_flag=True, help="Show Scrapy's own messages.")
def main(watch: Path, archive: Path, again: bool, budget: int | None, verbose: bool) -> None:
    """Crawl what is due of WATCH into an archive."""
    try:
        loaded = load_watch(watch)
    except AfterprintError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(error.exit_code)
    sys.exit(crawl(loaded, archive, again=again, budget=budget, verbose=verbose))


if __name__ == "__main__":
    main()
