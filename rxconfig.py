"""What the framework is told; everything else about the program is in ``memo_coach.settings``."""

import reflex as rx
from reflex_base.plugins.sitemap import SitemapPlugin

from memo_coach.web.site import EveryRoutePrerendered, SameOrigin

config = rx.Config(
    app_name="memo_coach",
    # One process serves pages and events; the plug-in makes the pages ask the host that they came from.
    api_url="http://localhost:3000",
    backend_host="127.0.0.1",
    # No origin is granted anything by the framework. Who may open a socket is decided before it, in
    # memo_coach.web.middleware.origins.
    cors_allowed_origins=[],
    transport="websocket",
    # State holds what is on the screen; the truth is in the database. So memory is enough and leaves no
    # files.
    state_manager_mode=rx.constants.StateManagerMode.MEMORY,
    # A state is rebuilt at each visit; that of a closed tab is kept for so many seconds after its last event.
    redis_token_expiration=900,
    telemetry_enabled=False,
    show_built_with_reflex=False,
    # Brotli first: the server offers the first that the browser takes.
    frontend_compression_formats=["brotli", "gzip"],
    plugins=[SameOrigin(), EveryRoutePrerendered()],
    disable_plugins=[SitemapPlugin],
)
