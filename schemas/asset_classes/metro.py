"""Metro trainsets: GTFS-Realtime and TCMS names, compressor channels as in MetroPT.

The axle-box rule (70 degC, 15 degC over the peers) is EN 15437 practice; the brake and air values
are MetroPT's; the other typical and impossible values are start values that an operator edits.
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

_AXLE_BOXES = tuple(
    Channel(name=f"axle_box_{n}_degc", unit="degC", meaning=f"axle-box temperature, axle {n}",
            interval_s=1, typical=(10, 65), impossible=(-50, 250), watched=True, alarm=(None, 70),
            matters=2.5,
            follows=(driver(*(f"axle_box_{peer}_degc" for peer in range(1, 5) if peer != n)),))
    for n in range(1, 5)
)  # fmt: skip
_BOXES = driver(*(box.name for box in _AXLE_BOXES))  # the warmth of the day, among other things

_CHANNELS = (
    Channel(name="speed_mps", unit="m/s", meaning="train speed", interval_s=1,
            typical=(0, 22), impossible=(-1, 45), watched=True),
    Channel(name="bearing_deg", unit="deg", meaning="direction of travel", interval_s=1,
            typical=(0, 359.9), impossible=(0, 360)),
    Channel(name="chainage_m", unit="m", meaning="distance along the line", interval_s=1,
            typical=(0, 60_000), impossible=(-500, 200_000)),
    Channel(name="accel_mps2", unit="m/s2", meaning="acceleration along the track", interval_s=1,
            typical=(-1.3, 1.1), impossible=(-3, 3), watched=True),
    Channel(name="odometer_km", unit="km", meaning="odometer", interval_s=1,
            impossible=(0, 10_000_000), monotonic=True),
    Channel(name="line_voltage_v", unit="V", meaning="line voltage, 1,500 V DC", interval_s=1,
            typical=(1_000, 1_800), impossible=(0, 2_200), watched=True),
    Channel(name="traction_current_a", unit="A", meaning="traction current of the train",
            interval_s=1, typical=(-2_500, 3_500), impossible=(-6_000, 6_000), watched=True),
    Channel(name="motor_degc", unit="degC", meaning="traction motor temperature", interval_s=1,
            typical=(40, 140), impossible=(-50, 300), watched=True,
            matters=10,
            follows=(driver("traction_current_a", size=True, lag_s=700), driver(lag_s=700),
                     driver("speed_mps", lag_s=900), _BOXES)),
    Channel(name="bogie_vib_g", unit="g", meaning="bogie vibration RMS", interval_s=1,
            typical=(0, 2), impossible=(0, 50), watched=True,
            matters=0.06,
            follows=(driver("speed_mps"), driver("speed_mps", power=2),
                     driver("speed_mps", power=3))),
    Channel(name="main_res_bar", unit="bar", meaning="main reservoir pressure", interval_s=1,
            typical=(7, 10), impossible=(-0.2, 14), watched=True,
            alarm=(7, None)),
    Channel(name="compressor_a", unit="A", meaning="compressor motor current", interval_s=1,
            typical=(0, 9), impossible=(0, 20), watched=True),
    Channel(name="compressor_oil_degc", unit="degC", meaning="compressor oil temperature",
            interval_s=1, typical=(40, 85), impossible=(-40, 150), watched=True,
            matters=4.5,
            follows=(driver(lag_s=300), driver("compressor_a", lag_s=300), _BOXES)),
    Channel(name="doors_open", unit="0/1", meaning="any passenger door open", interval_s=1,
            typical=(0, 1), impossible=(0, 1)),
    Channel(name="passengers", unit="n", meaning="passenger load", interval_s=1,
            typical=(0, 2_000), impossible=(0, 2_600)),
    Channel(name="delay_s", unit="s", meaning="delay against the timetable", interval_s=15,
            typical=(-60, 300), impossible=(-7_200, 86_400)),
    *_AXLE_BOXES,
)  # fmt: skip


_STILL = when("speed_mps", "<", 0.3)
_IN_SERVICE_S = 90.0  # GTFS-Realtime best practice: positions no older than 90 s

_MOVEMENT = (
    MovementState(name="IN_DEPOT", words="in the depot", moving=False, hold_s=30,
                  when=(_STILL, when("in:depot", "==", 1))),
    MovementState(name="STOPPED_AT", words="stopped", moving=False, hold_s=2,
                  silence_after_s=_IN_SERVICE_S,
                  when=(_STILL,)),
    MovementState(name="IN_TRANSIT", words="running", moving=True, hold_s=2,
                  silence_after_s=_IN_SERVICE_S,
                  when=(when("speed_mps", ">=", 0.3),)),
)  # fmt: skip

_RULES = (
    Rule(name="doors_open_under_way", channel="doors_open", limit=1.0, hold_s=10),
    Rule(name="door_hold", channel="doors_open", limit=300.0),
    Rule(name="compressor_leak", channel="main_res_bar", reads=("compressor_a",), limit=0.002,
         hold_s=120),
    Rule(name="wheel_flat", channel="bogie_vib_g", limit=0.2, hold_s=60),
    Rule(name="position_contradicted", channel=None, reads=("bearing_deg",), limit=2.0),
)  # fmt: skip

METRO = AssetClass(
    name="metro",
    title="Metro trainset",
    channels=_CHANNELS,
    speed_channel="speed_mps",
    course_channel="bearing_deg",
    knots_per_speed_unit=1.943844,
    max_implied_speed_kn=120.0,
    movement=_MOVEMENT,
    trip=TripRule(name="trip", rest_zone="terminal"),
    overspeed=OverspeedRule(channel="speed_mps", limit=23.0, margin=0.5, hold_s=3),
    thresholds=Thresholds(anomaly_rest_s=120.0),
    rules=_RULES,
    usage=Usage(counter="odometer_km", step=10.0, most_per_h=90.0, used="km",
                cap="cap_km_month", counter_from="km_total_from"),
)  # fmt: skip
