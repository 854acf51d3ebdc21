// The line's HTTP: JSON in, JSON out, and the stream of server-sent events.

const PATIENCE_MS = 20_000;

/**
 * An answer that is not what was asked for.  `message` is a sentence; `away` says which server
 * does not answer, where it is that ("the server", "the database"), else null.  `unsure`: what was
 * asked for may be done all the same.
 */
export class ApiError extends Error {
  constructor(message, away = null, unsure = false) {
    super(message);
    this.away = away;
    this.unsure = unsure;
  }
}

const AWAY = { database_unavailable: "the database", unavailable: "Kafka", unconfirmed: "Kafka" };
const UNDONE = ["database_unavailable", "unavailable"]; // the server says that nothing was done

async function answer(response) {
  const body = await response.json().catch(() => null);
  if (response.ok && body !== null) return body;
  const { code, message } = body?.error ?? {};
  const away = AWAY[code] ?? (response.status >= 500 || response.ok ? "the server" : null);
  const unsure = away !== null && !UNDONE.includes(code);
  throw new ApiError(message ?? `The server answered ${response.status}.`, away, unsure);
}

const reach = (path, options) =>
  fetch(`api/${path}`, { ...options, signal: AbortSignal.timeout(PATIENCE_MS) }).catch(() => {
    throw new ApiError("The server does not answer.", "the server", true);
  });

export const get = async (path, query = {}) => {
  const parameters = new URLSearchParams(
    Object.entries(query).filter(
      ([, value]) => value !== undefined && value !== null && value !== "",
    ),
  );
  const tail = parameters.size ? `?${parameters}` : "";
  return answer(await reach(`${path}${tail}`, { headers: { Accept: "application/json" } }));
};

/** Sends one action of the desk; what comes twice under the same key is done once. */
const post = async (path, key, body) =>
  answer(
    await reach(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", "Idempotency-Key": key },
      body: JSON.stringify(body),
    }),
  );

export const fleet = async () => (await get("fleet")).assets;
export const zones = () => get("zones");
export const asset = (id) => get(`assets/${encodeURIComponent(id)}`);
export const life = async (id) => (await get(`assets/${encodeURIComponent(id)}/life`)).entries;
export const track = (id, query) => get(`assets/${encodeURIComponent(id)}/track`, query);

/** {alerts, total, counts}: the first `limit` in the queue's order, and how many there are. */
export const alerts = (query) => get("alerts", query);

/** {status, database, kafka, services}; an answer too when something is wrong. */
export const health = () => get("health");

/**
 * Does `name` to an alert, under a key of own_actions.js; a proposal is confirmed or refused, any
 * other alert handled.
 */
export const act = (name, { alert, asset }, key, fields) =>
  name === "confirm" || name === "refuse"
    ? post(`proposals/${name}`, key, { proposal: alert, asset, ...fields })
    : post(`alerts/${name}`, key, { alert, asset, ...fields });

const RETRY_MS = [1000, 2000, 4000, 8000];
const SILENT_MS = 20_000; // the stream brings something every 5 s at the least

/**
 * Opens the stream and keeps it open.  `handlers` holds a function per event name, and `state`,
 * told "open" or "lost".  The browser's own retry gives up on an error answer and waits for ever
 * on a connection that died without a word, so we retry here.
 */
export function listen(handlers, attempt = 0) {
  const source = new EventSource("api/events");
  let tries = attempt;
  let watch = setTimeout(lost, SILENT_MS);
  const heard = () => {
    clearTimeout(watch);
    watch = setTimeout(lost, SILENT_MS);
  };
  source.addEventListener("open", () => {
    tries = 0;
    heard();
    handlers.state("open");
  });
  for (const name of ["alert", "fleet", "ping"]) {
    source.addEventListener(name, (event) => {
      heard();
      handlers[name](event.data ? JSON.parse(event.data) : null);
    });
  }
  source.addEventListener("error", lost);
  function lost() {
    clearTimeout(watch);
    source.close();
    handlers.state("lost");
    setTimeout(() => listen(handlers, tries + 1), RETRY_MS[Math.min(tries, RETRY_MS.length - 1)]);
  }
}
