import type { Request, Response } from 'restify';

export type Handler = (request: Request, response: Response) => Promise<void>;

/** Handlers whose failures are answered in one way. An answer that had already begun is broken off. */
export function answering(refuse: (error: unknown) => (response: Response) => void): (handle: Handler) => Handler {
  return (handle) => async (request, response) => {
    try {
      await handle(request, response);
    } catch (error) {
      const answer = refuse(error);
      if (response.headersSent) response.destroy();
      else answer(response);
    }
  };
}
