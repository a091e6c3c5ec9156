import { X509Certificate } from 'node:crypto';
import { ConfidentialClientApplication, type NodeAuthOptions } from '@azure/msal-node';
import type { Outbound } from '../../network/outbound.ts';
import { ProblemError } from '../../problems/problem.ts';
import type { Cloud } from '../clouds.ts';
import { entraProblem } from '../entra-errors.ts';
import { wait as realWait, type Wait } from '../retry-delay.ts';
import type { AccessToken } from '../token-source.ts';
import type { Proof } from './app-credential.ts';
import { authOptions } from './msal-authority.ts';
import { MsalNetwork } from './msal-network.ts';
import { assertionFacts } from './token-file.ts';

export interface ClientTokenOptions {
  cloud: Cloud;
  /** GUID or domain. */
  tenantId: string;
  clientId: string;
  outbound: Pick<Outbound, 'fetch'>;
  wait?: Wait;
  random?: () => number;
}

type ClientProof = Exclude<Proof, { kind: 'identity' }>;

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** One request to the tenant's token endpoint: OAuth's client credentials grant. */
export async function requestToken(
  { cloud, tenantId, clientId, outbound, wait = realWait, random = Math.random }: ClientTokenOptions,
  proof: ClientProof,
  scope: string,
  signal: AbortSignal,
): Promise<AccessToken> {
  const network = new MsalNetwork({ outbound, signal, wait, random });
  try {
    // A client for each request: what MSAL would keep (tokens, throttling) is kept here, where a revision ends it.
    const client = new ConfidentialClientApplication({
      auth: { ...authOptions({ cloud, tenantId, clientId }), ...authOf(proof) },
      system: { networkClient: network },
    });
    const result = await client.acquireTokenByClientCredential({ scopes: [scope], skipCache: true });
    if (result === null || result.accessToken === '' || result.expiresOn === null)
      throw new ProblemError('entraUnknown', { detail: 'The answer carried no token.' });
    return { value: result.accessToken, expiresAt: result.expiresOn.getTime() };
  } catch (error) {
    throw tokenProblem(error, network, proof, signal);
  }
}

/** With the SHA-256 thumbprint MSAL signs as Microsoft asks for today: PS256 and `x5t#S256`. */
export function authOf(
  proof: ClientProof,
): Pick<NodeAuthOptions, 'clientSecret' | 'clientAssertion' | 'clientCertificate'> {
  switch (proof.kind) {
    case 'secret':
      return { clientSecret: proof.secret };
    case 'assertion':
      return { clientAssertion: proof.assertion };
    case 'certificate': {
      const thumbprintSha256 = new X509Certificate(proof.certificatePem).fingerprint256.replaceAll(':', '');
      return { clientCertificate: { thumbprintSha256, privateKey: proof.privateKeyPem } };
    }
  }
}

function tokenProblem(error: unknown, network: MsalNetwork, proof: ClientProof, signal: AbortSignal): ProblemError {
  if (error instanceof ProblemError) return error;
  if (network.failure instanceof ProblemError) return network.failure;
  if (network.failure !== null) return new ProblemError('networkDown', { cause: network.failure });
  if (network.refusal !== null) {
    const secretIsGuid = proof.kind === 'secret' && guid.test(proof.secret);
    const refused = entraProblem({ ...network.refusal, secretIsGuid }, withoutText(error));
    return proof.kind === 'assertion' ? withSent(refused, proof.assertion) : refused;
  }
  if (signal.aborted) return new ProblemError('networkDown', { cause: signal.reason });
  return new ProblemError('entraUnknown', { cause: withoutText(error) });
}

/** What was compared, for problems about the comparison. Issuer, subject and audience are no secrets. */
function withSent(refused: ProblemError, assertion: string): ProblemError {
  const { code, ids } = refused.problem;
  const sent = assertionFacts(assertion);
  if (!code.startsWith('federation') || sent === null) return refused;
  return new ProblemError(code, {
    detail: `Sent were the issuer ${sent.issuer}, the subject ${sent.subject} and the audience ${sent.audience}.`,
    ...(ids === undefined ? {} : { ids }),
    cause: refused.cause,
  });
}

/** MSAL's errors repeat Microsoft's text; only the kind of the error goes on. */
function withoutText(error: unknown): Error {
  const code = (error as { errorCode?: unknown }).errorCode;
  return new Error(`Token request failed: ${typeof code === 'string' ? code : 'unknown'}`);
}
