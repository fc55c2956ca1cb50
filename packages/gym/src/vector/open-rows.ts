import { sliceRows, viewRows } from './buffers.ts';
import { EnvRows } from './env-rows.ts';
import { makeAll } from './make-all.ts';
import type { SharePart } from './worker-protocol.ts';

/** Makes the sub-environments of one thread's part of the rows. @throws as `make` does. */
export async function openRows(part: SharePart): Promise<EnvRows> {
  const { id, options, buffer, count, sizes, firstRow, rowCount, autoresetMode } = part;
  const envs = await makeAll(id, rowCount, options);
  const rows = sliceRows(viewRows(buffer, count, sizes), firstRow, rowCount, sizes);
  return new EnvRows(envs, rows, autoresetMode, firstRow);
}
