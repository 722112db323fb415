"""`python -m tests.benchmarks.event_receiver`: a subscriber that verifies and takes everything; prints its port."""

from __future__ import annotations

import asyncio
import sys

from aiohttp import web
from standardwebhooks import Webhook

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


async def main() -> None:
    """Until it is ended."""
    verifier = Webhook(SECRET)

    async def take(request: web.Request) -> web.Response:
        verifier.verify(await request.read(), dict(request.headers), json_parse=False)
        return web.Response()

    app = web.Application()
    app.router.add_post("/", take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    sys.stdout.write(f"{runner.addresses[0][1]}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
