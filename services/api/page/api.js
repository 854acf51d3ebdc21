// The line's HTTP: JSON in, JSON out, and the stream of server-sent events.

/** An answer that is not what was asked for; the message is the server's own sentence. */
export class ApiError extends Error {}

async function answer(response) {
  const body = await response.json().catch(() => null);
  if (response.ok && body !== null) return body;
  throw new ApiError(body?.error?.message ?? `The server answered ${response.status}.`);
}

const reach = (path, options) =>
  fetch(`api/${path}`, options).catch(() => {
    throw new ApiError("The server does not answer.");
  });

export const get = async (path, query = {}) => {
  const parameters = new URLSearchParams(
    Object.entries(query).filter(([, value]) => value !== undefined && value !== ""),
  );
  const tail = parameters.size ? `?${parameters}` : "";
  return answer(await reach(`${path}${tail}`, { headers: { Accept: "application/json" } }));
};

// crypto.randomUUID is missing where the page is not served over TLS or from this machine.
const newKey = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");

/** Sends one action of the desk; the key makes a repeat of the same click harmless. */
const post = async (path, body) =>
  answer(
    await reach(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", "Idempotency-Key": newKey() },
      body: JSON.stringify(body),
    }),
  );

export const fleet = async () => (await get("fleet")).assets;
export const zones = () => get("zones");
export const asset = (id) => get(`assets/${encodeURIComponent(id)}`);
export const life = async (id) => (await get(`assets/${encodeURIComponent(id)}/life`)).entries;
export const track = (id, query) => get(`assets/${encodeURIComponent(id)}/track`, query);
export const alerts = async (query) => (await get("alerts", query)).alerts;

/** Does `name` to an alert; a proposal is confirmed or refused, any other alert handled. */
export const act = (name, { alert, asset }, fields) =>
  name === "confirm" || name === "refuse"
    ? post(`proposals/${name}`, { proposal: alert, asset, ...fields })
    : post(`alerts/${name}`, { alert, asset, ...fields });

const RETRY_MS = [1000, 2000, 4000, 8000];

/**
 * Opens the stream and keeps it open.  `handlers` holds a function per event name, and `state`,
 * told "open" or "lost".  The browser's own retry gives up on an error answer, so we retry here.
 */
export function listen(handlers, attempt = 0) {
  const source = new EventSource("api/events");
  let tries = attempt;
  source.addEventListener("open", () => {
    tries = 0;
    handlers.state("open");
  });
  for (const name of ["alert", "fleet", "ping"]) {
    source.addEventListener(name, (event) =>
      handlers[name](event.data ? JSON.parse(event.data) : null),
    );
  }
  source.addEventListener("error", () => {
    source.close();
    handlers.state("lost");
    setTimeout(() => listen(handlers, tries + 1), RETRY_MS[Math.min(tries, RETRY_MS.length - 1)]);
  });
}
