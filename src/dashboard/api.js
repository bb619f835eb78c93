/** Speaks to the service that served this page. */

/** @throws Error whose message is the detail of the problem */
export async function ask(path, body) {
  const response = await fetch(path, {
    headers: { accept: 'application/json', ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.detail ?? `${response.status} ${response.statusText}`);
  return answer;
}

export const routers = async () => (await ask('/v1/routers')).routers;
export const router = (id) => ask(`/v1/routers/${encodeURIComponent(id)}`);
export const decide = (request) => ask('/v1/route', request);
export const explain = (id, decision) => ask(`/v1/routers/${encodeURIComponent(id)}/explain/${decision}`);

/** What the router did of late; undefined where the process keeps no such record. */
export const overview = (id) => ask(`/v1/routers/${encodeURIComponent(id)}/overview`).catch(() => undefined);

/** What the process tells Prometheus; undefined where it can't be had. */
export async function metrics() {
  const response = await fetch('/metrics').catch(() => undefined);
  return response?.ok ? response.text() : undefined;
}

/** @returns `{status, reasons}`, also when the answer is 503 or none comes */
export async function readiness() {
  try {
    return await (await fetch('/readyz')).json();
  } catch {
    return { status: 'unreachable', reasons: ['the service does not answer'] };
  }
}
