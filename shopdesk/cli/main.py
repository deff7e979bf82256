"""The command line: its words, its exit statuses, and one sentence on standard error for whatever is refused."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import Annotated

import typer

from shopdesk.cli.context import DONE, REFUSED, UNREACHABLE, WRONG_USAGE, Call, UsageError
from shopdesk.core.errors import DatabaseTrouble, ShopError
from shopdesk.core.free_text import is_text
from shopdesk.core.i18n import _
from shopdesk.core.logs import neutral, report, start_logging, stop_logging

app = typer.Typer(
    name="shopdesk",
    help="A till and back office. Without a word it opens the window.",
    add_completion=False,
    no_args_is_help=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
Context = typer.Context


def call_of(context: typer.Context) -> Call:
    """The call that a command belongs to."""
    call: Call = context.obj
    return call


@app.command()
def init(
    context: Context,
    spec: Annotated[Path | None, typer.Option(help="a shop described in JSON")] = None,
) -> None:
    """Create the schema and an empty shop, or the one that a file describes."""
    from shopdesk.books.founding import found_shop
    from shopdesk.books.spec import ShopSpec, read_spec
    from shopdesk.wiring import HANDLERS

    call = call_of(context)
    described = read_spec(spec) if spec is not None else ShopSpec()
    founded = found_shop(call.address, described, handlers=HANDLERS)
    secrets = founded.one_time_passwords
    sentence = _("Sign in as {name} with the one-time password {password}")
    lines = [sentence.format(name=name, password=password) for name, password in secrets.items()]
    first = {} if founded.admin_password is None else {"admin": "admin", "password": founded.admin_password}
    call.print("\n".join([_("The shop is ready."), *lines]), ok=True, **first, passwords=secrets)


@app.command()
def do(
    context: Context,
    show: Annotated[bool, typer.Option("--list", help="print each use case with its fields")] = False,
) -> None:
    """Do use cases: JSON lines in, one answer line each, flushed after the commit."""
    from shopdesk.cli.do import answer_lines, list_use_cases

    if show:
        for line in list_use_cases():
            print(line)
        return
    call = call_of(context)
    answer_lines(call, sys.stdin.buffer, sys.stdout.buffer)


@app.command()
def ask(
    context: Context,
    query: str,
    words: Annotated[list[str] | None, typer.Argument(metavar="[k=v ...]")] = None,
) -> None:
    """Ask a question: JSON lines out."""
    from shopdesk.cli.ask import ask_lines

    for line in ask_lines(call_of(context), query, words or []):
        sys.stdout.write(line + "\n")


@app.command()
def receipt(
    context: Context,
    number: str,
    format: Annotated[str, typer.Option(help="text, pdf or escpos")] = "text",
) -> None:
    """Write the very bytes that would print for a sale or void to standard output."""
    from shopdesk.cli.paper import receipt_bytes

    sys.stdout.buffer.write(receipt_bytes(call_of(context), number, format))
    sys.stdout.buffer.flush()


def _mount() -> None:
    """The words whose commands live in files of their own."""
    from shopdesk.cli import files, jobs, parcels, people, tills, upkeep

    files.mount(app)
    jobs.mount(app)
    parcels.mount(app)
    people.mount(app)
    tills.mount(app)
    upkeep.mount(app)


def run(call: Call, words: list[str]) -> int:
    """Run a command line without its global options; returns the exit status, never a traceback.

    What should not happen goes to the log with an id, and the sentence names the id (S37).
    """
    try:
        with contextlib.suppress(OSError):  # a home that cannot be written to must not stop the shop
            start_logging()
        if not all(is_text(word) for word in (*words, call.address, call.user or "", call.till or "")):
            raise UsageError(_("a word of this call is no text."))
        _mount()
        result = app(words, obj=call, standalone_mode=False, prog_name="shopdesk")
        return result if isinstance(result, int) else DONE
    except typer.Exit as leaving:
        return leaving.exit_code
    except typer.Abort:
        return _say(_("Stopped."), REFUSED)
    except DatabaseTrouble as error:
        return _say(str(error), UNREACHABLE if error.code in {"database_unreachable", "no_shop"} else REFUSED)
    except ShopError as error:
        return _say(str(error), UNREACHABLE if error.code == "no_shop" else REFUSED)
    except UsageError as error:
        return _say(str(error), WRONG_USAGE)
    except BrokenPipeError:
        # Whoever read the answers went away; nothing that was committed is lost.
        sys.stderr.close()
        return DONE
    except Exception as error:
        return _say_other(error, words)
    finally:
        call.close()
        stop_logging()


def _say_other(error: Exception, words: list[str]) -> int:
    """What typer found wrong with the words, a file that cannot be used, and what should not happen."""
    if type(error).__module__.partition(".")[0] in {"click", "typer"} and hasattr(error, "format_message"):
        if type(error).__name__ == "NoArgsIsHelpError":
            print(error.format_message(), file=sys.stderr)
            return WRONG_USAGE
        return _say(error.format_message(), WRONG_USAGE)
    if isinstance(error, OSError) and error.filename is not None:
        return _say(f"{error.filename}: {error.strerror}", REFUSED)
    told = _("something went wrong that should not. The log tells more under {id}.")
    return _say(told.format(id=report(error, " ".join(words[:1]))), REFUSED)


def _say(sentence: str, status: int) -> int:
    print(neutral(f"shopdesk: {sentence}"), file=sys.stderr)
    return status
