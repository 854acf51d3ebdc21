"""Faults and alerts of one day, told by minutes after it begins."""

from datetime import UTC, datetime, timedelta

from services.lab.judge import Gap, judge
from services.lab.outcome import Alert, AssetSeen, Label, Outcome

DAY = datetime(2026, 2, 2, tzinfo=UTC)


def at(minute: float) -> datetime:
    return DAY + timedelta(minutes=minute)


def fault(
    start: float, end: float, expect: str, *assets: str, notice: float = 30, kind: str = "k",
    channels: tuple[str, ...] = (), id: str = "", share: float = 1.0,
) -> Label:  # fmt: skip
    """A fault from minute to minute, to be noticed within `notice` minutes of its start."""
    named = assets or ("ship-1",)
    return Label(
        id=id or f"{kind}-{start}-{named[0]}", kind=kind, group="sensor", asset_class="ship",
        asset=named[0], assets=named, start=at(start), shows=at(start), end=at(end),
        severity="caution", weight=0.5, channels=channels, expect=expect,
        notice_by=at(start + notice), share=share,
    )  # fmt: skip


def alert(minute: float, rule: str, asset: str = "ship-1", channel: str | None = None) -> Alert:
    """An alert that staff see at `minute`."""
    return Alert(
        id=f"{asset}/{rule}/{minute}", asset=asset, asset_class="ship", rule=rule,
        severity="warning", time=at(minute), known_at=at(minute), channel=channel,
    )  # fmt: skip


def gap(since: float, until: float) -> Gap:
    """The asset is heard at minute `since` and then not before `until`."""
    return Gap(at(since), at(until))


def outcome(
    labels: list[Label], alerts: list[Alert], assets: int = 4, seed: int = 1, wall_s: float = 0
) -> Outcome:
    """The run of a day of so many ships, and of those named, but for strangers."""
    named = {*(alert.asset for alert in alerts), *(one for label in labels for one in label.assets)}
    fleet = {f"ship-{n + 1}" for n in range(assets)} | named
    gaps: dict[str, list[Gap]] = {name: [] for name in fleet if not name.startswith("stranger")}
    judged_labels, judged_alerts = judge(labels, alerts, DAY + timedelta(days=1), gaps)
    return Outcome(
        scenario="day", seed=seed, start=DAY, end=DAY + timedelta(days=1), wall_s=wall_s,
        assets=tuple(
            AssetSeen(asset=name, asset_class="ship", days=1, readings=100) for name in sorted(gaps)
        ),
        labels=judged_labels, alerts=judged_alerts,
    )  # fmt: skip
