import { Readable } from 'node:stream';
import type { HttpOperationResponse, IHttpClient } from '@azure/storage-blob';
import type { RequestInit } from 'undici';
import type { Outbound } from '../network/outbound.ts';

/** Lets Azure's client send through the one way out of this product instead of its own. */
export function azureTransport(outbound: Pick<Outbound, 'fetch'>): IHttpClient {
  return {
    async sendRequest(request) {
      const headers: Record<string, string> = {};
      for (const { name, value } of request.headers.headersArray()) headers[name] = value;
      // The length is the body's own.
      delete headers['content-length'];
      const body: unknown = typeof request.body === 'function' ? request.body() : request.body;
      const hasBody = body !== undefined && body !== null && request.method !== 'GET' && request.method !== 'HEAD';
      const stop = abortOf(request.abortSignal);
      const timeout = request.timeout > 0 ? AbortSignal.timeout(request.timeout) : undefined;
      const signals = [stop, timeout].filter((signal) => signal !== undefined);
      const response = await outbound.fetch(request.url, {
        method: request.method,
        headers,
        ...(signals.length === 0 ? {} : { signal: AbortSignal.any(signals) }),
        ...(hasBody ? { body: body as NonNullable<RequestInit['body']>, duplex: 'half' as const } : {}),
      });
      const answered = request.headers.clone();
      for (const name of answered.headerNames()) answered.remove(name);
      response.headers.forEach((value, name) => {
        answered.set(name, value);
      });
      const wantsStream =
        request.streamResponseBody === true ||
        request.streamResponseStatusCodes?.has(response.status) === true ||
        request.streamResponseStatusCodes?.has(Number.POSITIVE_INFINITY) === true;
      const isStream = wantsStream && response.ok && response.body !== null;
      const result: HttpOperationResponse = {
        request,
        status: response.status,
        headers: answered,
        ...(isStream && response.body !== null
          ? { readableStreamBody: Readable.fromWeb(response.body) }
          : { bodyAsText: await response.text() }),
      };
      return result;
    },
  };
}

/** Azure's signals are like those of the platform, but not the same. */
function abortOf(given: { aborted: boolean; addEventListener: unknown } | undefined): AbortSignal | undefined {
  if (given === undefined || given instanceof AbortSignal) return given;
  const controller = new AbortController();
  const { addEventListener } = given as { addEventListener(type: 'abort', listener: () => void): void };
  if (given.aborted) controller.abort();
  else addEventListener.call(given, 'abort', () => controller.abort());
  return controller.signal;
}
