"""Aircraft: ADS-B names as in readsb, engine snapshots as in an aircraft condition monitor.

EGT, oil and vibration limits are those of two CFM56 type pages; `accel_g` is impossible outside
the range of a flight recorder (ICAO Annex 6 part I, -3 to +6 g); other values are start values: so
is 2.0 g for a hard landing, firm ones have up to 1.9.
`on_ground` is a channel of 0 and 1.  Silence while parked is normal: transponders are switched off.
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

_POWER = (driver("n1_pct"), driver("n1_pct", power=2))
_CORE = (driver("n2_pct"), driver("n2_pct", power=2))
_AIR_MASS = (driver("alt_baro_ft"), driver("mach"), driver("alt_baro_ft", times="n1_pct"))
# fuel flow at a fan speed falls with the density of the air
_DENSITY = driver("n1_pct", power=2, times="alt_baro_ft")

_CHANNELS = (
    Channel(name="gs_kn", unit="kn", meaning="ground speed", interval_s=1,
            typical=(0, 540), impossible=(0, 800), watched=True),
    Channel(name="track_deg", unit="deg", meaning="track over ground", interval_s=1,
            typical=(0, 359.9), impossible=(0, 360)),
    Channel(name="alt_baro_ft", unit="ft", meaning="barometric altitude", interval_s=1,
            typical=(0, 43_000), impossible=(-1_500, 60_000)),
    Channel(name="baro_rate_ft_min", unit="ft/min", meaning="vertical rate", interval_s=1,
            typical=(-3_000, 3_000), impossible=(-12_000, 12_000), watched=True),
    Channel(name="on_ground", unit="0/1", meaning="weight on wheels", interval_s=1,
            typical=(0, 1), impossible=(0, 1)),
    Channel(name="nac_p", unit="code", meaning="navigation accuracy category", interval_s=1,
            typical=(8, 11), impossible=(0, 11)),
    Channel(name="mach", unit="1", meaning="Mach number", interval_s=1,
            typical=(0.0, 0.86), impossible=(0, 1.0)),
    Channel(name="n1_pct", unit="%", meaning="fan speed", interval_s=1,
            typical=(0, 104), impossible=(0, 110), watched=True),
    Channel(name="n2_pct", unit="%", meaning="core speed", interval_s=1,
            typical=(0, 105), impossible=(0, 115), watched=True,
            matters=2, follows=(*_POWER, *_AIR_MASS[:2])),
    Channel(name="egt_degc", unit="degC", meaning="exhaust gas temperature", interval_s=1,
            typical=(20, 950), impossible=(-60, 1_200), watched=True,
            alarm=(None, 950), matters=15, follows=(*_POWER, *_CORE, *_AIR_MASS)),
    Channel(name="fuel_flow_kg_h", unit="kg/h", meaning="fuel flow per engine", interval_s=1,
            typical=(0, 4_600), impossible=(0, 15_000), watched=True,
            matters=100, follows=(*_POWER, _CORE[0], *_AIR_MASS, _DENSITY)),
    Channel(name="oil_press_psi", unit="psi", meaning="engine oil pressure", interval_s=1,
            typical=(0, 60), impossible=(0, 150), watched=True,
            matters=2,
            follows=(driver("n2_pct"), driver("oil_temp_degc"),
                     driver("n2_pct", times="oil_temp_degc"))),
    Channel(name="oil_temp_degc", unit="degC", meaning="engine oil temperature", interval_s=1,
            typical=(10, 120), impossible=(-60, 200), watched=True,
            alarm=(None, 160), matters=6,
            follows=(driver("n1_pct", lag_s=300), driver(lag_s=900), *_AIR_MASS[:2])),
    Channel(name="vib_n1", unit="AVM", meaning="fan vibration", interval_s=1,
            typical=(0, 2.5), impossible=(0, 10), watched=True,
            alarm=(None, 4), matters=0.25, follows=_POWER),
    Channel(name="fuel_kg", unit="kg", meaning="fuel on board", interval_s=1,
            typical=(0, 20_000), impossible=(0, 350_000)),
    Channel(name="fh_total_h", unit="h", meaning="airframe flight hours", interval_s=1,
            impossible=(0, 200_000), monotonic=True),
    Channel(name="fc_total", unit="n", meaning="airframe flight cycles", interval_s=1,
            impossible=(0, 150_000), monotonic=True),
    Channel(name="accel_g", unit="g", meaning="normal acceleration, peak since the last report",
            interval_s=1, typical=(0.5, 1.8), impossible=(-3, 6)),
)  # fmt: skip


_GROUND, _AIR = when("on_ground", "==", 1), when("on_ground", "==", 0)
_LOST_IN_FLIGHT_S = 900.0

_MOVEMENT = (
    MovementState(name="PARKED", words="parked", moving=False, hold_s=20,
                  when=(_GROUND, when("gs_kn", "<", 2))),
    MovementState(name="TAXI", words="taxiing", moving=False, hold_s=5,
                  when=(_GROUND,)),
    MovementState(name="AIRBORNE_CLIMB", words="climbing", moving=True, hold_s=10,
                  silence_after_s=_LOST_IN_FLIGHT_S,
                  when=(_AIR, when("baro_rate_ft_min", ">", 300))),
    MovementState(name="DESCENT", words="descending", moving=True, hold_s=30,
                  silence_after_s=_LOST_IN_FLIGHT_S,
                  when=(_AIR, when("baro_rate_ft_min", "<", -300))),
    MovementState(name="CRUISE", words="cruising", moving=True, hold_s=30,
                  silence_after_s=_LOST_IN_FLIGHT_S,
                  when=(_AIR,)),
)  # fmt: skip

_RULES = (
    Rule(name="hard_landing", channel="accel_g", limit=2.0, when=(_GROUND,)),
    Rule(name="gps_interference", channel="nac_p", reads=("gs_kn", "track_deg"), limit=8.0,
         hold_s=45, when=(_AIR,)),
    Rule(name="position_contradicted", channel=None, reads=("track_deg",), limit=3.0),
)  # fmt: skip

AIRCRAFT = AssetClass(
    name="aircraft",
    title="Aircraft",
    channels=_CHANNELS,
    speed_channel="gs_kn",
    course_channel="track_deg",
    knots_per_speed_unit=1.0,
    max_implied_speed_kn=2_000.0,
    movement=_MOVEMENT,
    trip=TripRule(name="flight"),
    overspeed=OverspeedRule(channel="gs_kn", limit=620.0, margin=10.0, hold_s=10),
    works_when=(when("n1_pct", ">=", 65),),
    thresholds=Thresholds(anomaly_awake_s=600.0, anomaly_settle_s=300.0),
    rules=_RULES,
    usage=Usage(counter="fh_total_h", step=0.25, most_per_h=1.0, used="flight_hours",
                cap="cap_flight_hours_month", counter_from="flight_hours_total_from"),
)  # fmt: skip
