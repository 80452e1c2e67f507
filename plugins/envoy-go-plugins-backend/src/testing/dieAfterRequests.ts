import type { Knex } from 'knex';

/**
 * Ends this process as by `kill -9`, once for each point: the table `deaths` of the database
 * says at which it did.
 */
export async function dieAt(db: Knex, point: string): Promise<void> {
  if (!(await db('deaths').where({ point }).first())) {
    await db('deaths').insert({ point });
    process.kill(process.pid, 'SIGKILL');
    await new Promise(() => {});
  }
}

/**
 * Has this process die once GitHub did what it was asked for, before that can be written down.
 *
 * @param points - requests such as `POST /pulls$`: the method, and what its address matches
 */
export function dieAfterRequests(db: Knex, points: string[]): void {
  const send = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    const response = await send(input, init);
    const asked = `${init?.method ?? 'GET'} ${String(input)}`;
    const point = points.find(each => {
      const [method, path] = each.split(' ');
      return asked.startsWith(`${method} `) && new RegExp(path).test(asked);
    });
    if (point !== undefined && response.ok) {
      await dieAt(db, point);
    }
    return response;
  };
}
