"""segue docs: the reference page of a destination, or of all there are."""

from collections.abc import Iterator
from pathlib import Path

import click

from segue.cli.output import plain, stdout, write
from segue.cli.setup import Setup, pass_setup
from segue.plugins import Catalogue


@click.command("docs")
@click.argument("destination", required=False)
@click.option("--html", "as_html", is_flag=True, help="Write HTML instead of Markdown.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    help="A folder to write the pages to, instead of to the terminal.",
)
@pass_setup
def command(setup: Setup, destination: str | None, *, as_html: bool, output: Path | None) -> None:
    """Write the reference page of a DESTINATION: settings, presets, actions, fields, default mappings.

    Without one it is an index of all that is installed, in a folder with a page of each.
    """
    if destination is not None:
        setup.destination(destination)
    pages = rendered(setup.catalogue, destination, as_html=as_html)
    if output is None:
        write(next(pages)[1].removesuffix("\n"))
        return
    output.mkdir(parents=True, exist_ok=True)
    for name, text in pages:
        (output / name).write_text(text, encoding="utf-8")
        stdout.print(f"wrote [bold]{plain(output / name)}[/]")


def rendered(catalogue: Catalogue, slug: str | None, *, as_html: bool) -> Iterator[tuple[str, str]]:
    """The names and texts of the pages: of one destination, or the index and then all of them."""
    from segue import reference

    if slug is None:
        entries = reference.index(catalogue)
        if as_html:
            yield "index.html", reference.html_index(entries)
        else:
            yield "README.md", reference.markdown_index(entries)
    for one in catalogue.destinations.values():
        if slug in {None, one.slug}:
            page, name = reference.page(one, catalogue), reference.filename(one.slug)
            if as_html:
                yield f"{name}.html", reference.html(page)
            else:
                yield f"{name}.md", reference.markdown(page)
