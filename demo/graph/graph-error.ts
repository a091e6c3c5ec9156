import { randomUUID } from 'node:crypto';

/** An error answer of Graph: https://learn.microsoft.com/graph/errors */
export class GraphError extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Record<string, string>;

  constructor(status: number, code: string, message: string, headers: Record<string, string> = {}) {
    super(message);
    this.name = 'GraphError';
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

export const badRequest = (message: string) => new GraphError(400, 'BadRequest', message);

export const notFound = (what: string) => new GraphError(404, 'ResourceNotFound', `Resource '${what}' does not exist.`);

/** Intune wraps its own error, as JSON text, in the message of Graph's. */
function intuneMessage(text: string, path: string): string {
  return JSON.stringify({
    _version: 3,
    Message: `${text} - Operation ID (for customer support): 00000000-0000-0000-0000-000000000000 - Activity ID: ${randomUUID()} - Url: https://proxy.localcloud.manage.example${path}`,
    CustomApiErrorPhrase: '',
    RetryAfter: null,
    ErrorSourceService: '',
    HttpHeaders: '{}',
  });
}

export const intuneBadRequest = (text: string, path: string) =>
  new GraphError(400, 'BadRequest', intuneMessage(text, path));

export const modelValidationFailure = (text: string) => new GraphError(400, 'ModelValidationFailure', text);

/** Three ways in which a missing role is told, depending on the part of Graph. */
export type ForbiddenForm = 'apps' | 'devices' | 'directory';

export function forbidden(form: ForbiddenForm, roles: readonly string[], path: string): GraphError {
  const text = 'Application is not authorized to perform this operation';
  switch (form) {
    case 'apps':
      return new GraphError(
        403,
        'Forbidden',
        intuneMessage(`${text}. Application must have one of the following scopes: ${roles.join(', ')}`, path),
      );
    case 'devices':
      return new GraphError(
        403,
        'Forbidden',
        `${text} - Operation ID (for customer support): 00000000-0000-0000-0000-000000000000 - Activity ID: ${randomUUID()} - Url: https://proxy.localcloud.manage.example${path} - CustomApiErrorPhrase: `,
      );
    case 'directory':
      return new GraphError(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.');
  }
}

/** Intune's own roles do not let the signed-in person do it, whatever the app was granted. */
export const userForbidden = (path: string) =>
  new GraphError(403, 'Forbidden', intuneMessage('User is not authorized to perform this operation.', path));

/** Seen from Intune's proxy now and then although the token is good: https://github.com/AzureAD/microsoft-authentication-library-for-js/issues/7007 */
export const proxyUnauthorized = (path: string) =>
  new GraphError(
    401,
    'UnknownError',
    JSON.stringify({
      ErrorCode: 'Forbidden',
      Message: intuneMessage('Application is not authorized to perform this operation.', path),
      Target: null,
      Details: null,
      InnerError: null,
      InstanceAnnotations: [],
    }),
  );
