import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type AuditRecordStore, exportRecord } from '../audit';
import type { ApiRouter } from './ApiRouter';

/** The record; for administrators, which is asked before. */
export function routeRecord(
  router: ApiRouter,
  { record }: { record: AuditRecordStore },
): void {
  router.get('/admin/record', async (req, res) => {
    const { q: text, ...query } = req.query;
    res.json(await record.list({ ...query, text }));
  });

  router.get('/admin/record/export', async (req, res) => {
    const { format, q: text, ...query } = req.query;
    const { contentType, lines } = exportRecord(
      record.all({ ...query, text }),
      format,
    );
    res.setHeader('content-type', contentType);
    res.setHeader(
      'content-disposition',
      `attachment; filename="record.${format}"`,
    );
    await pipeline(Readable.from(lines), res);
  });

  router.get('/admin/record/verification', async (_req, res) => {
    res.json(await record.verify());
  });
}
