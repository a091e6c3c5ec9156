import type { Access } from '../access/access.ts';
import type { Actor, Workspace } from '../access/actor.ts';
import type { Grant, Roles } from '../access/roles.ts';
import type { ConsentRequest } from './consent-request.ts';

export interface ApproverList {
  /** Admins stand in where nobody is named an approver who could decide. */
  are: 'approvers' | 'admins';
  people: { objectId: string; name: string }[];
}

export type MayDecide = 'yes' | 'notApprover' | 'ownRequest';

export interface ApproversOptions {
  roles: Pick<Roles, 'list'>;
  access: Pick<Access, 'can' | 'isAdministrator' | 'presence'>;
  /** A requester who is an administrator of the operator's configuration may decide too. */
  ownRequestsAllowed: boolean;
}

/** Who decides on consent requests of a workspace. Whoever asked does not. */
export class Approvers {
  readonly #options: ApproversOptions;

  constructor(options: ApproversOptions) {
    this.#options = options;
  }

  async of(workspace: Workspace, requester: Pick<Actor, 'homeTenantId' | 'objectId'>): Promise<ApproverList> {
    // Groups and everybody are not asked by name.
    const grants = (await this.#options.roles.list(workspace)).filter(({ holder }) => holder.kind === 'person');
    const admins = grants.filter(({ permissions }) => permissions.includes('administer'));
    const named = grants.filter((grant) => grant.permissions.includes('approve') && !admins.includes(grant));
    const askable = await this.#askable(workspace, requester, named);
    if (askable.length > 0) return { are: 'approvers', people: askable };
    return { are: 'admins', people: await this.#askable(workspace, requester, admins) };
  }

  async #askable(
    workspace: Workspace,
    requester: Pick<Actor, 'homeTenantId' | 'objectId'>,
    grants: readonly Grant[],
  ): Promise<ApproverList['people']> {
    const candidates = grants
      .map(({ holder: { objectId, name } }) => ({ objectId, name }))
      .filter(({ objectId }) => objectId !== requester.objectId || this.#mayDecideAlone(requester));
    const present = await Promise.all(
      candidates.map(({ objectId }) => this.#isThere(workspace, objectId, requester.homeTenantId)),
    );
    return candidates.filter((_, index) => present[index]);
  }

  /** Somebody who has left is not asked. Where Teams does not say they are: deciding asks again. */
  async #isThere(workspace: Workspace, objectId: string, homeTenantId: string): Promise<boolean> {
    const found = await this.#options.access.presence({ homeTenantId, objectId }, workspace).catch(() => 'unknown');
    return found !== 'none';
  }

  /** Asked again at each press: a role may have been taken away since the card was drawn. */
  async mayDecide(actor: Actor, request: ConsentRequest, workspace: Workspace): Promise<MayDecide> {
    const isOwn =
      actor.homeTenantId === request.requester.homeTenantId && actor.objectId === request.requester.objectId;
    if (isOwn && !this.#mayDecideAlone(actor)) return 'ownRequest';
    // A personal chat lets its one person do everything; nobody decides there for themselves.
    return (await this.#options.access.can(actor, workspace, 'approve')) ? 'yes' : 'notApprover';
  }

  #mayDecideAlone(actor: Pick<Actor, 'homeTenantId' | 'objectId'>): boolean {
    return this.#options.ownRequestsAllowed && this.#options.access.isAdministrator(actor);
  }
}
