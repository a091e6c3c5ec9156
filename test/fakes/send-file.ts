import type { ProductRig } from './product-rig.ts';

/** Opens an upload link and sends a file, as the page does; the answer that refused it, or that to its last byte. */
export async function sendFile(rig: ProductRig, link: string, fileName: string, bytes: Buffer): Promise<Response> {
  const opened = await fetch(link.replace(/^https:\/\/[^/]+/, rig.url), { method: 'POST', redirect: 'manual' });
  const ticketId = opened.headers.get('location')?.split('/').at(-1) ?? '';
  const cookie = opened.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .at(-1);
  const headers = { Cookie: cookie ?? '', 'Tus-Resumable': '1.0.0' };
  const begun = await fetch(`${rig.url}/files/${ticketId}`, {
    method: 'POST',
    headers: {
      ...headers,
      'Upload-Length': String(bytes.length),
      'Upload-Metadata': `filename ${Buffer.from(fileName, 'utf8').toString('base64')}`,
    },
  });
  const address = begun.headers.get('location');
  if (begun.status !== 201 || address === null) return begun;
  return fetch(new URL(address, rig.url), {
    method: 'PATCH',
    headers: { ...headers, 'Upload-Offset': '0', 'Content-Type': 'application/offset+octet-stream' },
    body: new Uint8Array(bytes),
  });
}
