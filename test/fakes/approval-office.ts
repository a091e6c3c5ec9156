import type { ApprovalRequest, ApprovalRequests, ApprovalStatus } from '../../src/graph/approval-requests.ts';
import type { ChangeVoucher } from '../../src/graph/held-changes.ts';
import type { MobileApps } from '../../src/graph/mobile-apps.ts';
import { ProblemError } from '../../src/problems/problem.ts';

interface FiledRequest extends ApprovalRequest {
  change: keyof MobileApps;
  /** All arguments, because only the very same change may be completed. */
  call: string;
}

/**
 * Multi Admin Approval in memory, as strict as the service: no reason, no request; one open request for each app; a code
 * works once, for the call that was filed, after somebody approved it.
 */
export class ApprovalOffice implements ApprovalRequests {
  /** Calls that need a second administrator. */
  readonly held = new Set<keyof MobileApps>();
  readonly filed: FiledRequest[] = [];
  mayRead = true;
  mayCancel = true;
  /** The answer to a filing is lost on its way. */
  losesAnswers = 0;
  /** Intune says 403 without the number of the request. */
  namesNoCode = false;

  /** The apps as a caller with this voucher reaches them. */
  guard(apps: MobileApps, voucher: ChangeVoucher | null): MobileApps {
    return new Proxy(apps, {
      get: (target, name: keyof MobileApps) => {
        const call = (target[name] as (...args: unknown[]) => Promise<unknown>).bind(target);
        if (!this.held.has(name)) return call;
        return async (...args: unknown[]) => {
          this.#admit(name, JSON.stringify(args.filter((part) => !(part instanceof AbortSignal))), voucher);
          return call(...args);
        };
      },
    });
  }

  decide(
    status: ApprovalStatus,
    by: { id: string; name: string } | null = { id: 'megan', name: 'Megan Bowen' },
    answer: string | null = null,
  ): void {
    const request = this.filed.at(-1);
    if (request === undefined) throw new Error('Nothing was filed');
    Object.assign(request, { status, approver: by, answer });
  }

  get = async (id: string): Promise<ApprovalRequest> => {
    if (!this.mayRead) throw new ProblemError('graphPermissionMissing');
    const found = this.filed.find((request) => request.id === id);
    if (found === undefined) throw new ProblemError('graphNotFound');
    return found;
  };

  findOpen = async (words: string): Promise<ApprovalRequest[]> => {
    if (!this.mayRead) throw new ProblemError('graphPermissionMissing');
    return this.filed.filter((request) => isOpen(request) && request.justification.includes(words));
  };

  cancel = async (id: string): Promise<void> => {
    if (!this.mayCancel) throw new ProblemError('graphPermissionMissing');
    const found = this.filed.find((request) => request.id === id);
    if (found === undefined || !isOpen(found)) throw new ProblemError('graphRequestRefused');
    found.status = 'cancelled';
  };

  #admit(change: keyof MobileApps, call: string, voucher: ChangeVoucher | null): void {
    if (voucher === null) throw new ProblemError('approvalJustificationMissing');
    if ('approvalCode' in voucher) {
      const request = this.filed.find(({ id }) => id === voucher.approvalCode);
      if (request?.status !== 'approved' || request.change !== change || request.call !== call)
        throw new ProblemError('approvalRequired');
      request.status = 'completed';
      return;
    }
    if (voucher.justification.length > 1024) throw new ProblemError('graphRequestRefused');
    if (this.filed.some((request) => isOpen(request) && request.change === change))
      throw new ProblemError('approvalPending');
    const id = `approval-${this.filed.length + 1}`;
    this.filed.push({
      id,
      status: 'needsApproval',
      expiresAt: '2026-11-24T09:00:00Z',
      justification: voucher.justification,
      approver: null,
      answer: null,
      change,
      call,
    });
    if (this.losesAnswers > 0) {
      this.losesAnswers -= 1;
      throw new ProblemError('networkDown');
    }
    throw new ProblemError('approvalRequired', this.namesNoCode ? {} : { ids: { approvalId: id } });
  }
}

const isOpen = ({ status }: ApprovalRequest) => status === 'needsApproval' || status === 'approved';
