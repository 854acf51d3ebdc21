"""Ships: AIS names and sentinels (IMO MSC.74(69)), engine channels from the automation system.

Alarm set-points are those of one 2-stroke engine's alarm sheet; makers differ.  Typical and
impossible values without a published source are start values that an operator edits per type.
"""

from schemas.asset_classes.model import (
    AssetClass,
    Channel,
    MovementState,
    OverspeedRule,
    Rule,
    Thresholds,
    TripRule,
    Usage,
    driver,
    when,
)

HOUR_S = 3600.0

_CHANNELS = (
    Channel(name="sog_kn", unit="kn", meaning="speed over ground", interval_s=10,
            typical=(0, 22), impossible=(0, 50), watched=True),
    Channel(name="cog_deg", unit="deg", meaning="course over ground", interval_s=10,
            typical=(0, 359.9), impossible=(0, 360)),
    Channel(name="heading_deg", unit="deg", meaning="true heading", interval_s=10,
            typical=(0, 359), impossible=(0, 360)),
    Channel(name="rot_deg_min", unit="deg/min", meaning="rate of turn", interval_s=10,
            typical=(-20, 20), impossible=(-708, 708)),
    Channel(name="nav_status", unit="code", meaning="AIS navigational status", interval_s=10,
            typical=(0, 5), impossible=(0, 15)),
    Channel(name="draught_m", unit="m", meaning="draught", interval_s=360,
            typical=(6, 21), impossible=(0, 25.5)),
    Channel(name="cargo_t", unit="t", meaning="cargo estimated from draught", interval_s=360,
            typical=(0, 400_000), impossible=(0, 500_000)),
    Channel(name="me_rpm", unit="rpm", meaning="main engine speed", interval_s=10,
            typical=(0, 105), impossible=(-100, 150), watched=True),
    Channel(name="me_load_pct", unit="%", meaning="main engine load of MCR", interval_s=10,
            typical=(0, 90), impossible=(0, 115), watched=True,
            matters=15,
            follows=(driver("me_rpm"), driver("me_rpm", power=2), driver("me_rpm", power=3),
                     driver("sog_kn"))),
    Channel(name="fuel_flow_t_h", unit="t/h", meaning="main engine fuel flow", interval_s=60,
            typical=(0, 5), impossible=(0, 20), watched=True,
            matters=0.1,
            follows=(driver("me_load_pct"), driver("me_load_pct", power=2), driver("me_rpm"))),
    Channel(name="rob_fuel_t", unit="t", meaning="fuel remaining on board", interval_s=60,
            typical=(50, 4000), impossible=(0, 20_000)),
    Channel(name="exh_temp_degc", unit="degC", meaning="exhaust gas before turbocharger",
            interval_s=10, typical=(20, 400), impossible=(-20, 700), watched=True,
            alarm=(None, 430), matters=8,
            follows=(driver("me_load_pct"), driver("me_load_pct", power=2),
                     driver("me_load_pct", lag_s=900), driver("me_rpm"))),
    Channel(name="lo_press_bar", unit="bar", meaning="lubricating oil inlet pressure",
            interval_s=10, typical=(0, 3.2), impossible=(0, 10), watched=True,
            matters=0.1,
            follows=(driver("me_rpm"), driver("me_rpm", power=2), driver("lo_temp_degc"))),
    Channel(name="lo_temp_degc", unit="degC", meaning="lubricating oil inlet temperature",
            interval_s=10, typical=(20, 50), impossible=(-20, 150), watched=True,
            alarm=(None, 55), matters=1.5,
            follows=(driver("me_load_pct"), driver("me_load_pct", lag_s=900),
                     driver("me_load_pct", lag_s=3600))),
    Channel(name="jacket_cw_degc", unit="degC", meaning="jacket cooling water outlet",
            interval_s=10, typical=(20, 85), impossible=(0, 130), watched=True,
            alarm=(None, 90), matters=1.5,
            follows=(driver("me_load_pct"), driver("me_load_pct", lag_s=900),
                     driver("me_load_pct", lag_s=3600), driver("lo_temp_degc"))),
    Channel(name="main_brg_degc", unit="degC", meaning="main bearing temperature", interval_s=10,
            typical=(20, 60), impossible=(-20, 250), watched=True,
            alarm=(None, 70), matters=1.5,
            follows=(driver("me_rpm"), driver("me_load_pct"),
                     driver("me_load_pct", lag_s=900), driver("lo_temp_degc"))),
    Channel(name="tc_rpm", unit="rpm", meaning="turbocharger speed", interval_s=10,
            typical=(0, 20_000), impossible=(0, 30_000), watched=True,
            matters=800,
            follows=(driver("me_load_pct"), driver("me_load_pct", power=2), driver("me_rpm"))),
    Channel(name="me_hours", unit="h", meaning="main engine running hours", interval_s=60,
            impossible=(0, 400_000), monotonic=True),
)  # fmt: skip


_IN_PORT = when("in:port", "==", 1)

# Berth, anchorage and under-way speeds: Global Fishing Watch port visits and RTEC thresholds.
_MOVEMENT = (
    MovementState(name="AGROUND", words="aground", moving=False, hold_s=60,
                  silence_after_s=4 * HOUR_S,
                  when=(when("nav_status", "==", 6),)),
    MovementState(name="IN_PORT_BERTH", words="alongside in port", moving=False, hold_s=60,
                  silence_after_s=60 * HOUR_S,
                  when=(_IN_PORT, when("sog_kn", "<", 0.5),
                        when("nav_status", "==", 5))),
    MovementState(name="AT_ANCHOR", words="at anchor", moving=False, hold_s=60,
                  silence_after_s=60 * HOUR_S,
                  when=(when("sog_kn", "<", 0.5),)),
    MovementState(name="MANOEUVRING", words="manoeuvring", moving=True, hold_s=30,
                  silence_after_s=4 * HOUR_S,
                  when=(_IN_PORT, when("sog_kn", "<", 5))),
    MovementState(name="UNDER_WAY", words="under way", moving=True, hold_s=30,
                  silence_after_s=4 * HOUR_S,
                  when=(when("sog_kn", ">=", 2.7),)),
    MovementState(name="DRIFTING", words="drifting", moving=False, hold_s=300,
                  silence_after_s=4 * HOUR_S,
                  when=(when("sog_kn", "<", 2.7),)),
)  # fmt: skip

_RULES = (
    Rule(name="loitering", channel="sog_kn", reads=("me_rpm",), limit=2.0, hold_s=4.5 * HOUR_S),
    Rule(name="drifting", channel="sog_kn", reads=("me_rpm", "nav_status"), limit=2.7,
         hold_s=1200),
    Rule(name="aground", channel="sog_kn", reads=("me_rpm", "nav_status"), limit=4.0, hold_s=1200),
    Rule(name="fuel_loss", channel="rob_fuel_t", reads=("fuel_flow_t_h",), limit=5.0, hold_s=300),
    Rule(name="position_contradicted", channel=None, reads=("cog_deg",), limit=2.0),
)  # fmt: skip

SHIP = AssetClass(
    name="ship",
    title="Ship",
    channels=_CHANNELS,
    speed_channel="sog_kn",
    course_channel="cog_deg",
    knots_per_speed_unit=1.0,
    max_implied_speed_kn=60.0,
    movement=_MOVEMENT,
    trip=TripRule(name="voyage", rest_zone="port"),
    overspeed=OverspeedRule(channel="sog_kn", limit=25.0, margin=1.0, hold_s=60),
    works_when=(when("me_load_pct", ">", 15),),
    thresholds=Thresholds(anomaly_settle_s=1800.0),
    rules=_RULES,
    usage=Usage(counter="me_hours", step=0.5, most_per_h=1.0, used="hours",
                cap="cap_hours_month", counter_from="hours_total_from"),
)  # fmt: skip
