"""Whether what a command names exists: no command makes an asset or an alert.

An alert is known by the feed within milliseconds and by the database about a second later: whoever
acts on what they have just heard of is not told that it does not exist.
"""

from schemas import Command
from services.api import errors
from services.api.database import Database
from services.api.events import AlertFeed

_UNSURE = (
    "The database does not answer, so nobody can say whether the alert exists: the action was not "
    "taken down. Try again."
)


class CommandTargets:
    """The alerts that staff may act on: those heard lately and those in the database."""

    def __init__(self, database: Database, feed: AlertFeed) -> None:
        self._database = database
        self._feed = feed

    async def check(self, command: Command) -> None:
        """Raises 404 for an unknown asset or alert, Unavailable when the database cannot say."""
        alert, asset = command.alert or command.proposal or "", command.asset
        if self._feed.asset_of(alert) == asset:
            return
        try:
            row = await self._database.row("alert", alert=alert)
            known = await self._database.row("asset", asset=asset)
        except errors.DATABASE_AWAY as error:
            raise errors.Unavailable(_UNSURE) from error
        if known is None:
            raise errors.unknown_asset(asset)
        if row is None or row["asset"] != asset:
            raise errors.not_found(
                f"No alert {alert!r} of asset {asset!r} is known: take an id out of /api/alerts."
            )
