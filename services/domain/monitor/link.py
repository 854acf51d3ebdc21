"""Makes the lists of contacts anew, after a restore."""

from services.domain.detectors.form import Array
from services.domain.monitor.compiled import entry
from services.domain.monitor.contacts import link


@entry
def link_all(assets: Array, contacts: Array, feeds: Array, count: int) -> None:
    """Puts the first `count` contacts, sorted by asset, into their assets' and feeds' lists."""
    for number in range(count):
        contact = contacts[number]
        contact.next_of_asset = assets[contact.asset].contact
        assets[contact.asset].contact = number
        link(contacts, feeds, number)
