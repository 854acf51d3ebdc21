"""All that decides: pure, no I/O, no clock; tested as timelines.

monitor/                telemetry in, signals out; its own map
detectors/              what is unusual in rows of numbers, for the monitor and for any table
compiled form           how kernels become machine code, and the arrays that they take
wire place              readings one at a time, for those who do not run the kernel

lifecycle               the door: facts, signals and commands of an asset in, changes out
lifecycle_chart         which fact moves which region, as data
lifecycle_corrections   which facts are believed
lifecycle_fold          the set of facts -> history and regions
lifecycle_facts         one more fact: what it changes in the history that was told
lifecycle_standing      alerts on how an asset stands by papers and telemetry
lifecycle_proposals     what telemetry asks staff to confirm
lifecycle_state         what is kept of an asset; `lifecycle_views`: what readers are shown
terms/                  what was agreed and is broken by time or use; its own map
alert_rules alert_text  which alerts there are, and their words
alert_book              an asset's alerts, and how each may change; `alert_commands`: by staff

line_health             where each service stands
"""
