import type { Request, Response, Server } from 'restify';
import { z } from 'zod';
import type { Connections } from '../../connections/connections.ts';
import { publicCertificate } from '../../connections/public-certificate.ts';
import { certificateDer } from '../../graph/certificates/certificate.ts';

export interface CertificateRoutesOptions {
  connections: Pick<Connections, 'get'>;
}

/** Public certificates as files, for the upload to Entra. Nothing secret is here: programs that scan links may open them. */
export function addCertificateRoutes(server: Server, { connections }: CertificateRoutesOptions): void {
  server.get('/certificates/:connection/:file', async (request: Request, response: Response) => {
    const [, sha256] = /^([0-9A-Fa-f]{64})\.cer$/.exec(String(request.params.file)) ?? [];
    const id = z.uuid().safeParse(request.params.connection);
    const connection = id.success ? await connections.get(id.data) : null;
    const pem = connection === null || sha256 === undefined ? null : publicCertificate(connection, sha256);
    if (connection === null || pem === null) {
      response.send(404, { error: 'NotFound' });
      return;
    }
    const der = certificateDer(pem);
    const name = connection.name.replace(/[^A-Za-z0-9]+/g, '-').replace(/^-|-$/g, '');
    response.statusCode = 200;
    response.setHeader('Content-Type', 'application/pkix-cert');
    response.setHeader('Content-Disposition', `attachment; filename="quartermaster-${name || 'connection'}.cer"`);
    response.setHeader('Content-Length', der.length);
    response.end(der);
  });
}
