import { catalogue } from './catalogue.ts';

/** Who can make the problem go away. `nobody`: wait, it passes by itself. */
export type Fixer = 'you' | 'appOwner' | 'admin' | 'operator' | 'nobody';

/** One row of the catalogue: wording that may stand on a card. */
export interface ProblemEntry {
  /** A few words, used as a heading. */
  title: string;
  /** What happened, one or two sentences. */
  what: string;
  who: Fixer;
  /** What that person does now. */
  remedy: string;
  /** True where the same attempt may succeed later without anybody acting. */
  retryable?: boolean;
  /** Which place of the portal or of this product mends it; the card turns it into a button or link. */
  fix?: Fix;
}

export type Fix =
  | 'editConnection'
  | 'apiPermissions'
  | 'certificatesAndSecrets'
  | 'appOverview'
  | 'enterpriseApps'
  | 'authentication'
  | 'intuneAdminCentre'
  | 'newUpload'
  | 'retry';

/** Ids that Microsoft's support asks for. */
export interface SupportIds {
  correlationId?: string;
  traceId?: string;
  requestId?: string;
  activityId?: string;
  /** The service's own code, for example AADSTS7000215. */
  serviceCode?: string;
  /** The Multi Admin Approval request that Intune filed. */
  approvalId?: string;
}

export type ProblemCode = keyof typeof catalogue;

export interface Problem extends ProblemEntry {
  code: ProblemCode;
  /** A specific that completes `what`, safe to show: a field name, a limit, a file's fault. Never raw service text. */
  detail?: string;
  ids?: SupportIds;
  /** Permissions of which one would have been enough. */
  permissions?: string[];
}

export interface ProblemOptions {
  detail?: string;
  permissions?: string[];
  ids?: SupportIds;
}

export function problem(code: ProblemCode, options: ProblemOptions = {}): Problem {
  const entry: ProblemEntry = catalogue[code];
  return {
    ...entry,
    code,
    ...(options.detail === undefined ? {} : { detail: options.detail }),
    ...(options.ids === undefined ? {} : { ids: options.ids }),
    ...(options.permissions === undefined ? {} : { permissions: options.permissions }),
  };
}

/** Thrown where a problem has to cross several calls; everything that catches one reads `problem`. */
export class ProblemError extends Error {
  readonly problem: Problem;

  constructor(code: ProblemCode, options: ProblemOptions & { cause?: unknown } = {}) {
    const found = problem(code, options);
    super(
      found.detail === undefined ? found.what : `${found.what} ${found.detail}`,
      options.cause === undefined ? {} : { cause: options.cause },
    );
    this.name = 'ProblemError';
    this.problem = found;
  }
}

/** An unknown failure keeps its cause and becomes `unexpected`. */
export function asProblemError(error: unknown): ProblemError {
  return error instanceof ProblemError ? error : new ProblemError('unexpected', { cause: error });
}
