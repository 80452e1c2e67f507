/** Statuses whose answers have no body. */
const WITHOUT_BODY = [204, 205, 304];

/**
 * `fetch` that fails where the answer's body does not arrive whole. Octokit, which reads it
 * otherwise, takes what arrived for the whole of it.
 */
export async function fetchWhole(
  input: string | URL | Request,
  init?: RequestInit,
): Promise<Response> {
  const response = await fetch(input, init);
  const body = await response.arrayBuffer();
  const whole = new Response(
    WITHOUT_BODY.includes(response.status) ? null : body,
    {
      status: response.status,
      statusText: response.statusText,
      headers: response.headers,
    },
  );
  // It cannot be given, and pages of lists are found by it
  Object.defineProperty(whole, 'url', { value: response.url });
  return whole;
}
