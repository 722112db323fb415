// Calls to our own server. Failures are told apart: try again, give up, or sign in.
const csrf = document.querySelector("meta[name=csrf]").content;
const PATIENCE_MS = 20000;

export class Refused extends Error {
  // `again`: the same call may succeed later (network, busy server).
  constructor(message, status) {
    super(message);
    this.status = status;
    this.again = status === 0 || status === 429 || status >= 500;
    this.signedOut = status === 401;
  }
}

export const headers = { "X-CSRF": csrf, Accept: "application/json" };

export async function call(path, body) {
  const options = body === undefined
    ? { headers }
    : { method: "POST", headers: { ...headers, "Content-Type": "application/json" }, body: JSON.stringify(body) };
  let response;
  try {
    response = await fetch(path, { ...options, signal: AbortSignal.timeout(PATIENCE_MS) });
  } catch {
    throw new Refused("", 0);
  }
  return read(response.status, await response.text());
}

export function read(status, text) {
  let data = {};
  try {
    data = JSON.parse(text);
  } catch {
    if (status < 400) throw new Refused("", 0);
  }
  if (status >= 400) throw new Refused(data.error || "", status);
  return data;
}

// crypto.randomUUID exists on https and localhost only; the console may run on a plain address of the office.
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
