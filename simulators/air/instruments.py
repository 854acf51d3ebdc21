"""The instruments of an aircraft, in the order in which it reports them."""

from simulators.fleet import Instrument, Panel

PANEL = Panel(
    (
        Instrument("gs_kn", 1, 0.25, low=0),
        Instrument("track_deg", 1, 0.1),
        Instrument("alt_baro_ft", 0, low=-100),
        Instrument("baro_rate_ft_min", 0, 25),
        Instrument("on_ground", 0),
        Instrument("nac_p", 0, low=0, high=11),
        Instrument("mach", 3, low=0),
        Instrument("n1_pct", 1, 0.06, low=0),
        Instrument("n2_pct", 1, 0.1, low=0),
        Instrument("egt_degc", 0, 1.8, 2.5, 600),
        Instrument("fuel_flow_kg_h", 0, 8, 6, 600, low=0),
        Instrument("oil_press_psi", 1, 0.3, 0.4, 600, low=0),
        Instrument("oil_temp_degc", 1, 0.25, 0.5, 600),
        Instrument("vib_n1", 2, 0.03, 0.05, 600, low=0),
        Instrument("fuel_kg", 0, low=0),
        Instrument("fh_total_h", 3),
        Instrument("fc_total", 0),
        Instrument("accel_g", 2, 0.01),
    )
)
COLUMNS = {name: column for column, name in enumerate(PANEL.names)}
