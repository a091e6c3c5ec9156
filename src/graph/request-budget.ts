/**
 * How many requests one app may send to one tenant. Intune refuses more than 100 changes and 1,000 requests in 20
 * seconds for an app in a tenant: https://learn.microsoft.com/graph/throttling-limits#intune-service-limits
 */
export interface RequestBudget {
  /** Resolves when one more request fits; rejects with the signal's reason. */
  take(kind: 'change' | 'read', signal?: AbortSignal): Promise<void>;
  /** The service asked for a pause: nobody sends until it is over. */
  pause(milliseconds: number): void;
}
