"""The workspace to start from."""

from importlib.resources import files


def template() -> str:
    """A commented workspace that loads as it stands and points at the Loops sandbox."""
    return files("segue.workspace").joinpath("template.yaml").read_text("utf-8")
