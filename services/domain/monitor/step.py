"""The kernel: a batch of readings through every concern, in the order in which they arrived.

`step` is all that Python calls. It stops where the room for events is used up and goes on at the
next call; `now` says where. Before a record is looked at, its feed's clock moves; where that
crosses a grid point, the feed's other assets are judged first.
"""

import math
from typing import Any, NamedTuple

import numpy as np

from services.domain.compiled import compiled, entry
from services.domain.form import Array
from services.domain.monitor.concerns import (
    anomalies,
    clock,
    contacts,
    frozen,
    habits,
    jumps,
    limits,
    minute,
    movement,
    overspeed,
    quality,
    rules,
    silence,
    trips,
    zones,
)
from services.domain.monitor.concerns.seen import Seen
from services.domain.monitor.concerns.zone_index import Places
from services.domain.monitor.events import (
    DUPLICATE,
    JUMP,
    POSITION_IMPOSSIBLE,
    READING_FLAWS,
    UNKNOWN_CHANNELS,
    Out,
    conclude,
)
from services.domain.monitor.plan import Plan
from services.domain.monitor.read.batch import READING, TICK
from services.domain.monitor.state import SLOTS

DUE, CROSSING, JUDGED = 0, 1, 2
"""Phases of a record: not looked at yet, its feed's assets are being judged, they were."""

STRANGE = 2
"""Kind of a row of the batch: a reading with channels that its class does not declare."""

ROOM = 64
"""Events that a reading leads to at most, beside those of its channels: CHANNEL_ROOM each."""
CHANNEL_ROOM = 8


class Rows(NamedTuple):
    """The state's arrays, as in services.domain.monitor.state."""

    assets: Array
    channels: Array
    models: Array
    alarms: Array
    rules: Array
    contacts: Array
    feeds: Array


class Room(NamedTuple):
    """Arrays for the numbers of one reading."""

    cleaned: Array  # its values without the impossible ones
    flaws: Array  # its own, by number
    stretch: Array  # what was wrong in the stretch of time that it ends
    bad: Array  # (channels, 3): impossible, counter_backwards, frozen
    crossed: Array  # (zones that it left and entered, 3)
    means: Array  # of the window that it closes
    predictions: Array  # by judged channel
    said: Array  # by a rule: value, threshold


@entry
def step(
    now: Array, rows: Array, values: Array,
    assets: Array, channels: Array, models: Array, alarms: Array, rules_: Array, contacts_: Array,
    feeds: Array, classes: Array, bounds: Array, states: Array, conditions: Array, judged: Array,
    class_rules: Array,
    zones_: Array, cells: Array, members: Array, corners: Array,
    events: Array, figures: Array, predictions: Array,
) -> None:  # fmt: skip
    """Takes the rows from `now.record` on, until there are no more or no more room."""
    out = Out(events, figures, now[0])
    state = Rows(assets, channels, models, alarms, rules_, contacts_, feeds)
    plan = Plan(classes, bounds, states, conditions, judged, class_rules)
    places = Places(zones_, cells, members, corners)
    width = channels.shape[1]
    room = Room(
        np.empty(width), np.zeros(READING_FLAWS, np.bool_),
        np.zeros(habits.STRETCH_FLAWS, np.uint8), np.zeros((width, 3), np.bool_),
        np.empty((2 * SLOTS, 3)), np.empty(width), predictions, np.empty(2),
    )  # fmt: skip
    needed = ROOM + CHANNEL_ROOM * width + rules_.shape[1]
    while out.now.record < len(rows) and out.now.events + needed <= len(events):
        record = rows[out.now.record]
        if out.now.phase == DUE:
            _begin(record, state, out)
        if out.now.phase == CROSSING:
            if not _judge_feed(record, state, plan, out):
                return
            continue  # for what the feed's assets led to may have used up the reading's room
        if record.kind != TICK:
            _read(record, values[out.now.record], state, plan, places, room, out)
        out.now.phase = DUE
        out.now.record += 1


@compiled
def _begin(record: Any, state: Rows, out: Out) -> None:
    """Moves the clock of the record's feed."""
    now, feed = out.now, state.feeds[record.source]
    now.cause = record.offset
    now.asset = record.asset
    now.source = record.source
    now.lost_us = clock.advance(feed, record.ingest_us)
    # an ingest time ahead of its feed's clock becomes that clock: nothing believes it either
    now.ingest_us = min(record.ingest_us, feed.clock_us)
    if now.lost_us > 0:
        _measure_lag(feed, state, now.contacts)
        now.contact = feed.contact
        now.phase = CROSSING


@compiled
def _judge_feed(record: Any, state: Rows, plan: Plan, out: Out) -> bool:
    """Judges the assets of the feed whose clock moved; false where the room is used up.

    But for the one just heard: its reading is what moved the clock, and comes right after.
    """
    now, feed = out.now, state.feeds[record.source]
    ingest_us = now.ingest_us
    now.ingest_us = feed.clock_us
    while now.contact >= 0:
        if now.events + 2 > len(out.events):
            now.ingest_us = ingest_us
            return False
        contact = state.contacts[now.contact]
        now.contact = contact.next_of_feed
        asset = state.assets[contact.asset]
        silence.excuse(asset, contact, now.lost_us)
        if contact.asset != record.asset or record.kind == TICK:
            cls = asset.asset_class
            it, floor_us = plan.classes[cls], _floor_us(plan, cls)
            now.asset = contact.asset
            silence.check(asset, contact, feed, it, floor_us, plan.states[cls], out)
            minute.check(asset, contact, state.channels[contact.asset], it, feed.clock_us, out)
    now.ingest_us = ingest_us
    now.asset = record.asset
    now.phase = JUDGED
    return True


@compiled
def _floor_us(plan: Plan, cls: int) -> int:
    """The class's own reporting interval: that of its speed."""
    return int(plan.channels[cls, plan.classes[cls].speed].interval_us)


@compiled
def _measure_lag(feed: Any, state: Rows, contacts_made: int) -> None:
    """How late the feed is: the newest lags of its assets, the median of them by size.

    By size, so that a whole feed may be hours or years behind and one asset off is seen; of two
    assets the punctual one is believed. An asset alone on its feed is the feed.
    """
    lags, count = np.empty(contacts_made, np.int64), 0
    number = feed.contact
    while number >= 0:
        contact = state.contacts[number]
        if not state.assets[contact.asset].silent:
            lags[count] = contact.lag
            count += 1
        number = contact.next_of_feed
    if count > 0:
        feed.lag = float(clock.middle_by_size(lags[:count]))
        feed.measured += 1


@compiled
def _read(
    reading: Any, values: Array, state: Rows, plan: Plan, places: Places, room: Room, out: Out
) -> None:
    """Everything that one reading leads to."""
    asset, channels = state.assets[reading.asset], state.channels[reading.asset]
    models, alarms = state.models[reading.asset], state.alarms[reading.asset]
    cls = reading.asset_class
    asset.asset_class = cls
    it, bounds, states = plan.classes[cls], plan.channels[cls], plan.states[cls]
    conditions, judged = plan.conditions[cls], plan.judged[cls]
    cleaned, flaws, bad = room.cleaned, room.flaws, room.bad
    number = contacts.contact_of(state.contacts, asset, state.feeds, reading, out.now)
    contact, feed = state.contacts[number], state.feeds[reading.source]
    asset.changed = 1

    over = habits.ends_stretch(feed, contact, out.now.ingest_us, room.stretch)
    live = quality.timing(reading, values, asset, contact, feed, it, out.now, flaws)
    asset.source = reading.source
    quality.clean(values, bounds, not flaws[DUPLICATE], cleaned, bad)
    located = np.isfinite(reading.lat) and np.isfinite(reading.lon)
    lost = located and quality.is_impossible_position(reading.lat, reading.lon)
    flaws[POSITION_IMPOSSIBLE] = lost
    step_km, moving = 0.0, states[asset.state].moving
    from_lat, from_lon, from_us = asset.lat, asset.lon, asset.fix_time
    if live:
        quality.counters(cleaned, channels, bounds, bad)
        step_km = jumps.step(reading, asset, it) if located and not lost else jumps.NO_FIX
        frozen.step(reading, channels, bounds, it, moving, cleaned, bad)
    flaws[JUMP] = step_km == jumps.JUMPED
    if reading.kind == STRANGE:
        conclude(out, asset, UNKNOWN_CHANNELS, reading.time_us)
    habits.learn_duplicate(feed, flaws[DUPLICATE])
    flawed = quality.flag(reading, values, asset, bounds, flaws, bad, out)
    if flawed or (over and room.stretch.any()) or asset.open_flaws > 0:
        quality.keep_episodes(
            reading, asset, channels, feed, flaws, bad, room.stretch, over, live, out
        )
    floor_us = _floor_us(plan, cls)
    silence.hear(
        asset, contact, state.contacts, state.feeds, states[asset.state], it, floor_us, out
    )
    if not live:
        return
    crossings = 0
    if step_km >= 0.0:
        crossings = zones.step(reading, asset, it, places, room.crossed)
    inside = zones.inside(asset, places)
    movement.step(reading, asset, channels, cleaned, inside, it, bounds, states, conditions, out)
    made_km = trips.step(reading, asset, max(step_km, 0.0), inside, it, states, out)
    zones.signal(reading, asset, places, room.crossed, crossings, out)
    overspeed.step(reading, asset, cleaned[it.fast_channel], it, out)
    limits.step(reading, asset, channels, cleaned, it, bounds, out)
    seen = Seen(
        reading, asset, it, bounds, channels, cleaned, room.said, from_lat, from_lon,
        reading.time_us - from_us, step_km if located and step_km >= 0.0 else math.nan, inside,
        states[asset.state].moving,
    )  # fmt: skip
    rules.step(seen, state.rules[reading.asset], plan.rules[cls], conditions, out)
    anomalies.step(
        reading, asset, channels, models, alarms, cleaned, room.means, room.predictions, it,
        bounds, states, judged, conditions, out,
    )  # fmt: skip
    minute.step(reading, asset, channels, cleaned, made_km, it, out)


assert READING < TICK < STRANGE
