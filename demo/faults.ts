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
  failCommit: 'The commit of the content fails',
  dropCreateAnswer: 'An app is created, but the answer is lost',
  dropCommitAnswer: 'A commit is accepted, but the answer is lost',
  noIntune: 'The tenant has no Intune',
  multiAdminApproval: 'Changes of apps need a second admin (Multi Admin Approval)',
} as const;

export type FaultName = keyof typeof faultNames;

export const isFaultName = (name: string): name is FaultName => Object.hasOwn(faultNames, name);

export class Faults {
  readonly #left = new Map<FaultName, number>();

  /** Without `times` the fault stays until it is cleared. */
  set(name: FaultName, times: number = Number.POSITIVE_INFINITY): void {
    if (times > 0) this.#left.set(name, times);
    else this.#left.delete(name);
  }

  clear(name?: FaultName): void {
    if (name === undefined) this.#left.clear();
    else this.#left.delete(name);
  }

  isOn(name: FaultName): boolean {
    return (this.#left.get(name) ?? 0) > 0;
  }

  /** True when the fault is on; uses it up once. */
  take(name: FaultName): boolean {
    const left = this.#left.get(name) ?? 0;
    if (left <= 0) return false;
    if (left === 1) this.#left.delete(name);
    else this.#left.set(name, left - 1);
    return true;
  }

  list(): { name: FaultName; times: number | null }[] {
    return [...this.#left].map(([name, times]) => ({ name, times: Number.isFinite(times) ? times : null }));
  }
}
