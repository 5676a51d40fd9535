"""A changed file of a schema is taken up, also one that had the workspace refused."""

import asyncio

from segue.plugins import Catalogue
from segue.server.metrics import Meter
from segue.server.reload import Watch
from segue.server.revision import Standing
from segue.workspace import load_workspace


def test_a_schema_that_is_put_right_is_taken_up(tmp_path):
    file, schema = tmp_path / "segue.yaml", tmp_path / "page.json"
    file.write_text("version: 1\n")
    standing = Standing(lambda: load_workspace(file, Catalogue({}, {}), environ={}))

    async def story():
        taken = asyncio.Event()

        async def use(_):
            taken.set()

        watch = Watch(file, standing, use, Meter())
        schema.write_text('{"type": "objct"}')
        file.write_text("version: 1\nschemas: {enforce: tag, page: page.json}\n")
        assert not await watch.reload()
        assert standing.rule() is None
        watching = asyncio.create_task(watch.run())
        schema.write_text('{"type": "object"}')
        await asyncio.wait_for(taken.wait(), 20)
        watching.cancel()

    asyncio.run(story())
    assert standing.workspace().schemas.find("page").document == {"type": "object"}
