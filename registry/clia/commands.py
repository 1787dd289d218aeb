"""``flask --app registry clia import FILE``: what an operator does with the CMS file."""

import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import click
from flask.cli import AppGroup
from sqlalchemy.exc import DBAPIError

from registry.clia.importing import ImportRefused, Report, load, quarter_of
from registry.clia.lines import LayoutError
from registry.domain.certificates import PROGRAM_STATUSES
from registry.domain.vocabulary import CLIA_CERTIFICATE_TYPE
from registry.extensions import db

SHOWN = 20
"""Refused lines that are printed."""

_EVERY_ROWS = 50_000

group = AppGroup("clia", help="The CMS file of clinical laboratories.")


@group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
@click.option("--quarter", help="As in 2026-Q2, where the file's name does not say it.")
@click.option("--force", is_flag=True, help="Load it even if most of a whole quarter's laboratories would be lost.")
def import_file(file: Path, quarter: str | None, force: bool) -> None:
    """Load FILE, the CMS "Provider of Services File - Clinical Laboratories" as CSV, in place of the quarter before.

    Bad lines are reported and left out. Exits with 1 when nothing was loaded; then all is as it was.
    """
    label = quarter_of(quarter if quarter is not None else file.name)
    if label is None:
        told = f"“{quarter}” names no quarter" if quarter is not None else f"The name {file.name} tells no quarter"
        raise click.ClickException(f"{told}; give it as in --quarter 2026-Q2.")
    begun = time.monotonic()
    try:
        report = load(
            db.engine, file, quarter=label, now=datetime.now(UTC), force=force, progress=_progress(file.stat().st_size)
        )
    except LayoutError as error:
        raise click.ClickException(f"{error} Nothing was changed.") from error
    except ImportRefused as error:
        _tell_refused(error.report)
        raise click.ClickException(f"{error} Nothing was changed.") from error
    except OSError as error:
        raise click.ClickException(f"The file cannot be read: {error.strerror}. Nothing was changed.") from error
    except DBAPIError as error:
        why = str(error.orig).partition("\n")[0]
        raise click.ClickException(f"The database did not take the file: {why}. Nothing was changed.") from error
    except KeyboardInterrupt:
        raise click.ClickException("Stopped. Nothing was changed.") from None
    _tell(report, time.monotonic() - begun)


def _progress(size: int) -> Callable[[int, int], None]:
    """Tells how far the reading is: on one line of a terminal, elsewhere a line now and then."""
    terminal = sys.stderr.isatty()

    def tell(rows: int, read: int) -> None:
        if terminal or rows % _EVERY_ROWS == 0:
            share = min(100, 100 * read // size) if size else 100
            click.echo(f"{rows:,} laboratories read ({share}%)" + ("\r" if terminal else "\n"), err=True, nl=False)

    return tell


def _tell(report: Report, seconds: float) -> None:
    before = "" if report.replaced is None else f" in place of {report.replaced}"
    click.echo(f"Loaded {report.loaded:,} laboratories of {report.quarter}{before}, in {seconds:.1f} s.")
    if report.replaced is not None and report.replaced > report.quarter:
        click.echo(f"Mind that {report.quarter} is older than {report.replaced}.", err=True)
    click.echo(f"By status: {_counts(report.by_status, PROGRAM_STATUSES)}.")
    click.echo(f"By certificate: {_counts(report.by_certificate, (*CLIA_CERTIFICATE_TYPE.slugs, ''))}.")
    _tell_refused(report)
    notes = report.notes
    if notes.missing:
        click.echo(f"Columns that the file lacks, left empty: {', '.join(notes.missing)}.")
    if notes.emptied:
        click.echo(f"Values that made no sense, left empty: {_counts(notes.emptied, tuple(sorted(notes.emptied)))}.")
    if notes.recoded:
        click.echo(f"Lines that are not UTF-8, read as Windows-1252 (Latin-1): {notes.recoded:,}.")


def _tell_refused(report: Report) -> None:
    if not report.refused:
        return
    click.echo(f"Refused {report.refused:,} {'line' if report.refused == 1 else 'lines'}:")
    for line, reason in report.lines[:SHOWN]:
        click.echo(f"  line {line}: {reason}")
    if report.refused > SHOWN:
        click.echo(f"  and {report.refused - SHOWN:,} more")


def _counts(counter: Counter[str], order: tuple[str, ...]) -> str:
    return ", ".join(f"{counter[key]:,} {key or 'unknown'}" for key in order if counter[key])
