import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** How a {@link startFileServer | server} answers; tests change it between requests. */
export interface ServedContent {
  bytes: Buffer;
  etag?: string;
  lastModified?: string;
  /** Cuts the connection after so many bytes of a body. */
  cutAfter?: number;
  /** What it says the length is. */
  claimedLength?: number;
  ignoreRange?: boolean;
  ignoreIfRange?: boolean;
  /** Answers in the stead of all this. */
  answer?: (request: IncomingMessage, response: ServerResponse) => void;
}

/** A server on this machine that gives one content under every path, with or without faults. */
export async function startFileServer(content: ServedContent) {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    if (content.answer) content.answer(request, response);
    else sendContent(content, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/offline_rl`, requests };
}

function sendContent(content: ServedContent, request: IncomingMessage, response: ServerResponse): void {
  const { bytes, etag, lastModified, cutAfter } = content;
  const validators = { ...(etag && { etag }), ...(lastModified && { 'last-modified': lastModified }) };
  const condition = request.headers['if-range'];
  const same = condition === undefined || content.ignoreIfRange || condition === etag || condition === lastModified;
  const [, from] = /^bytes=(\d+)-$/.exec(content.ignoreRange || !same ? '' : (request.headers.range ?? '')) ?? [];
  const start = Number(from ?? 0);
  const total = content.claimedLength ?? bytes.length;
  if (start > bytes.length) {
    response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end();
    return;
  }
  const range = { 'content-range': `bytes ${start}-${total - 1}/${total}` };
  response.writeHead(from === undefined ? 200 : 206, {
    'content-length': total - start,
    ...(from !== undefined && range),
    ...validators,
  });
  const part = bytes.subarray(start);
  if (cutAfter === undefined && content.claimedLength === undefined) {
    response.end(part);
    return;
  }
  // Written before it is cut, so that what was sent arrives.
  response.write(part.subarray(0, cutAfter ?? total - start), () => setImmediate(() => response.destroy()));
}
