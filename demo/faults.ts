/** Failures of Microsoft's services that can be switched on, one by one. */
export const faultNames = {
  throttleGraph429: 'Graph answers 429 with Retry-After',
  throttleGraph429NoRetryAfter: 'Graph answers 429 without Retry-After, as Intune often does',
  graph503: 'Graph answers 503',
  largePages503: 'Listing apps answers 503 for pages of more than 20',
  intuneProxy401: 'Intune answers 401 with "Forbidden" inside, although nothing is wrong',
  throttleLogin429: 'The sign-in service answers 429',
  login503: 'The sign-in service answers 503',
  sasRequestTimeout: 'The upload address is never issued',
  expireUploadUrl: 'The upload address expires in the middle',
  storage503: 'Storage answers 503',
  storage403Once: 'Storage refuses a valid address, as it does for some seconds after issuing one',
  slowStorage: 'Storage takes two seconds per block',
  stalledStorage: 'Storage takes one block of a file and leaves the others waiting until this is switched off',
  failCommit: 'The commit of the content fails',
  dropCreateAnswer: 'An app is created, but the answer is lost',
  dropCommitAnswer: 'A commit is accepted, but the answer is lost',
  dropAnswer: 'A request to Graph is carried out, but its answer is lost',
  answer500: 'A request to Graph is carried out, but answered with 500',
  replicaLag412: 'Graph answers 412 ConditionNotMet, as it does about an app made a moment ago',
  notYetVisible404: 'Graph answers 404 about something made a moment ago',
  noIntune: 'The tenant has no Intune',
  multiAdminApproval: 'Changes of apps need a second admin (Multi Admin Approval)',
  multiAdminApprovalForNewApps: 'With Multi Admin Approval, creating an app needs a second admin too',
} as const;

export type FaultName = keyof typeof faultNames;

export const isFaultName = (name: string): name is FaultName => Object.hasOwn(faultNames, name);

/** A request, as far as a fault may choose by it. */
export interface FaultPlace {
  method: string;
  path: string;
}

interface Switched {
  left: number;
  /** Without it every request that the fault concerns. */
  where: ((at: FaultPlace) => boolean) | undefined;
}

export class Faults {
  readonly #on = new Map<FaultName, Switched>();

  /** Without `times` the fault stays until it is cleared. */
  set(name: FaultName, times: number = Number.POSITIVE_INFINITY, where?: (at: FaultPlace) => boolean): void {
    if (times > 0) this.#on.set(name, { left: times, where });
    else this.#on.delete(name);
  }

  clear(name?: FaultName): void {
    if (name === undefined) this.#on.clear();
    else this.#on.delete(name);
  }

  /** Uses nothing up. */
  isOn(name: FaultName, at?: FaultPlace): boolean {
    const on = this.#on.get(name);
    return on !== undefined && on.left > 0 && (at === undefined || on.where?.(at) !== false);
  }

  /** True when the fault is on and concerns the request; uses it up once. */
  take(name: FaultName, at: FaultPlace = { method: '', path: '' }): boolean {
    const on = this.#on.get(name);
    if (on === undefined || on.where?.(at) === false) return false;
    if (on.left === 1) this.#on.delete(name);
    else on.left -= 1;
    return true;
  }

  list(): { name: FaultName; times: number | null }[] {
    return [...this.#on].map(([name, { left }]) => ({ name, times: Number.isFinite(left) ? left : null }));
  }
}
