"""Which feeds an asset is heard on: a contact is what one feed says of one asset.

An asset's contacts are a list through `next_of_asset`, the newest first; a feed's one through
`next_of_feed` and `before_in_feed`, the newest last. Both are quick to change: there are feeds of
many assets that have a new name every day.
"""

import math
from typing import Any

from services.domain.compiled import compiled, entry
from services.domain.form import Array
from services.domain.monitor.plan import NEVER_US


@compiled
def contact_of(contacts: Array, asset: Any, feeds: Array, reading: Any, now: Any) -> int:
    """The number of the contact of the reading's asset and feed, a new one where there is none."""
    number = asset.contact
    count = 0
    while number >= 0 and contacts[number].source != reading.source:
        number = contacts[number].next_of_asset
        count += 1
    if number >= 0:
        return int(number)
    quiet_us = _quiet_us(contacts, asset, feeds)
    number = _used_again(contacts, asset, feeds) if count >= _MOST else _next_free(now)
    contact = contacts[number]
    contact.nth = now.made
    now.made += 1
    contact.asset = reading.asset
    contact.source = reading.source
    contact.next_of_asset = asset.contact
    asset.contact = number
    contact.last_time = contact.newest = contact.heard = NEVER_US
    contact.last_seq = contact.newest_seq = -1
    contact.last_content = math.nan
    contact.lag = 0
    contact.steady = 0
    contact.credit_us = 0
    contact.gap_day[0] = contact.gap_day[1] = -1
    contact.excused = contact.passed_by = 0
    contact.stretch = NEVER_US
    contact.late = contact.missing = 0
    contact.interval_us[0] = contact.interval_us[1] = 0
    contact.joined = feeds[reading.source].measured
    if count > 0:  # an asset known from another feed was heard when that one heard it
        contact.heard = now.ingest_us - quiet_us
    link(contacts, feeds, number)
    return int(number)


_MOST = 8
"""Feeds of one asset that are told apart; of one more the longest unheard is forgotten."""


@compiled
def link(contacts: Array, feeds: Array, number: int) -> None:
    """Puts a contact at the end of its feed's list."""
    contact = contacts[number]
    feed = feeds[contact.source]
    contact.next_of_feed = -1
    contact.before_in_feed = feed.last_contact
    if feed.last_contact < 0:
        feed.contact = number
    else:
        contacts[feed.last_contact].next_of_feed = number
    feed.last_contact = number


@compiled
def _next_free(now: Any) -> int:
    now.contacts += 1
    return int(now.contacts - 1)


@compiled
def _quiet_us(contacts: Array, asset: Any, feeds: Array) -> int:
    """For how long the asset was not heard, by the clock of the feed that heard it last."""
    number, quiet_us = asset.contact, 0
    while number >= 0:
        if contacts[number].source == asset.source:
            quiet_us = max(0, feeds[asset.source].clock_us - contacts[number].heard)
        number = contacts[number].next_of_asset
    return int(quiet_us)


@compiled
def _used_again(contacts: Array, asset: Any, feeds: Array) -> int:
    """Takes the asset's contact that was unheard for longest out of both lists."""
    oldest = number = asset.contact
    while number >= 0:
        if contacts[number].heard < contacts[oldest].heard:
            oldest = number
        number = contacts[number].next_of_asset
    if asset.contact == oldest:
        asset.contact = contacts[oldest].next_of_asset
    else:
        number = asset.contact
        while contacts[number].next_of_asset != oldest:
            number = contacts[number].next_of_asset
        contacts[number].next_of_asset = contacts[oldest].next_of_asset
    _unlink(contacts, feeds[contacts[oldest].source], oldest)
    return int(oldest)


@compiled
def _unlink(contacts: Array, feed: Any, number: int) -> None:
    before, after = contacts[number].before_in_feed, contacts[number].next_of_feed
    if before < 0:
        feed.contact = after
    else:
        contacts[before].next_of_feed = after
    if after < 0:
        feed.last_contact = before
    else:
        contacts[after].before_in_feed = before


@entry
def link_all(assets: Array, contacts: Array, feeds: Array, count: int) -> None:
    """Puts the first `count` contacts, in the order of `nth`, into the lists."""
    for number in range(count):
        contact = contacts[number]
        contact.next_of_asset = assets[contact.asset].contact
        assets[contact.asset].contact = number
        link(contacts, feeds, number)
