import { type Context, GraphClientError } from '@microsoft/microsoft-graph-client';
import { Link } from './graph-call.ts';

/** The outermost link. The client library rebuilds every error that is not its own and loses the original. */
export class ErrorKeeping extends Link {
  async execute(context: Context): Promise<void> {
    try {
      await this.passOn(context);
    } catch (error) {
      const passed = new GraphClientError('A Graph request failed');
      passed.customError = error;
      throw passed;
    }
  }
}

export function keptError(error: unknown): unknown {
  return error instanceof GraphClientError && error.customError !== undefined ? error.customError : error;
}
