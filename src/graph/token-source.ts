export interface AccessToken {
  value: string;
  /** Epoch milliseconds. */
  expiresAt: number;
}

/** App-only tokens of one connection. Failures are ProblemErrors with Microsoft's correlation ids. */
export interface TokenSource {
  /** `fresh` goes past every cache: roles granted a minute ago appear only in a new token. */
  getToken(scope: string, options?: { fresh?: boolean; signal?: AbortSignal }): Promise<AccessToken>;
}
