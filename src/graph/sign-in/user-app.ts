import type { NodeAuthOptions } from '@azure/msal-node';
import type { AppInTenant } from '../credentials/msal-authority.ts';

/** How the app proves itself when it redeems what a person's sign-in gave. */
export type AppProof = Pick<NodeAuthOptions, 'clientSecret' | 'clientAssertion' | 'clientCertificate'>;

/** An app registration that people sign in to, in one tenant. */
export interface UserApp extends AppInTenant {
  /** Asked for once per request, so that a plain secret lives no longer than that. */
  proof(signal: AbortSignal): Promise<AppProof>;
}
