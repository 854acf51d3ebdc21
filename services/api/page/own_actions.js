// The actions of this desk by their keys, which are the ids of the commands that they become.
// No page in here.

const REMEMBERED = 1000;

const waiting = new Map(); // what was sent and is not known to be done -> its key
const ours = new Set(); // every key of this desk, the newest last

/**
 * The key of an action on an alert as it stands.  The same action again has the same key until its
 * change has come back, so that what was sent twice is done once.
 */
export function commandKey(name, alert, fields) {
  const { handling, verdict, occurrences } = alert; // once it is done, these are other ones
  const said = { ...fields, until: hoursUntil(fields.until) };
  const what = JSON.stringify([name, alert.alert, handling, verdict, occurrences, said]);
  const key = waiting.get(what) ?? newKey();
  waiting.set(what, key);
  ours.add(key);
  if (ours.size > REMEMBERED) forgetOldest();
  return key;
}

// A retry is a little later, and asks for the same span.
const hoursUntil = (until) => until && Math.round((Date.parse(until) - Date.now()) / 3_600_000);

/** Whether a change comes from an action of this desk; then that action is not waited for. */
export function isOurs({ cause }) {
  for (const [what, key] of waiting) if (key === cause) waiting.delete(what);
  return ours.has(cause);
}

function forgetOldest() {
  const [oldest] = ours;
  ours.delete(oldest);
  for (const [what, key] of waiting) if (key === oldest) waiting.delete(what);
}

// crypto.randomUUID is missing where the page is not served over TLS or from this machine.
const newKey = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
