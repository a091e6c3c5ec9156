import type { ManagedIdentityConfig, OwnIdentityConfig } from '../own-identity-config.ts';
import type { CredentialChoice } from './credential.ts';
import { isGuid } from './tenant-name.ts';

export interface OwnIdentityRulesOptions {
  identity: OwnIdentityConfig;
  administrators: readonly { homeTenantId: string; objectId: string }[];
}

export interface Chooser {
  homeTenantId: string;
  objectId: string;
}

/** Credentials that this service has itself, not the person who sets up the connection. */
const ownChoices = [
  'managedIdentity',
  'federatedIdentity',
  'tokenFile',
  'keyVaultCertificate',
  'keyVaultSecret',
] as const satisfies readonly CredentialChoice[];
type OwnChoice = (typeof ownChoices)[number];

const isOwn = (choice: CredentialChoice): choice is OwnChoice => (ownChoices as readonly string[]).includes(choice);

/**
 * Whoever types a secret shows that the app is theirs. Nobody shows anything by naming an app that trusts this service,
 * so only administrators of the operator's configuration may do that, and only for tenants that are theirs.
 */
export class OwnIdentityRules {
  readonly #options: OwnIdentityRulesOptions;

  constructor(options: OwnIdentityRulesOptions) {
    this.#options = options;
  }

  /** Those that fit the choice: only user-assigned ones can be trusted by an app. */
  identitiesFor(choice: 'managedIdentity' | 'federatedIdentity', { homeTenantId }: Chooser): ManagedIdentityConfig[] {
    return this.#options.identity.managedIdentities.filter((identity) =>
      choice === 'managedIdentity' ? this.#mayReach(homeTenantId, identity.tenantId) : !identity.isSystemAssigned,
    );
  }

  identity(name: string): ManagedIdentityConfig | undefined {
    return this.#options.identity.managedIdentities.find((one) => one.name === name);
  }

  /** Vaults that the home tenant may name. */
  vaultsOf(homeTenantId: string): string[] {
    return this.#options.identity.keyVaults
      .filter((vault) => vault.homeTenantId === homeTenantId.toLowerCase())
      .map(({ url }) => url);
  }

  /** What the operator has set up for this home tenant, whoever asks. */
  offered(homeTenantId: string): OwnChoice[] {
    const { managedIdentities, tokenFile } = this.#options.identity;
    const hasVault = this.vaultsOf(homeTenantId).length > 0;
    const is: Record<OwnChoice, boolean> = {
      managedIdentity: managedIdentities.some(({ tenantId }) => this.#mayReach(homeTenantId, tenantId)),
      federatedIdentity: managedIdentities.some(({ isSystemAssigned }) => !isSystemAssigned),
      tokenFile: tokenFile !== undefined,
      keyVaultCertificate: hasVault,
      keyVaultSecret: hasVault,
    };
    return ownChoices.filter((choice) => is[choice]);
  }

  isAdministrator({ homeTenantId, objectId }: Chooser): boolean {
    return this.#options.administrators.some(
      (one) => one.homeTenantId === homeTenantId.toLowerCase() && one.objectId === objectId,
    );
  }

  /** What a person may choose here: own choices first, they are the strongest. */
  mayChoose(choice: CredentialChoice, who: Chooser): boolean {
    return !isOwn(choice) || (this.offered(who.homeTenantId).includes(choice) && this.isAdministrator(who));
  }

  /** Why this connection may not be, as a sentence for its tenant field; null when it may. */
  tenantFault(choice: CredentialChoice, who: Chooser, tenant: string): string | null {
    if (!isOwn(choice)) return null;
    if (!this.mayChoose(choice, who)) return 'Only an administrator named by the operator may use this credential.';
    // A domain says which tenant it is only after a token was given.
    if (!isGuid(tenant)) return 'For this credential enter the Directory (tenant) ID itself, not a domain.';
    if (!this.#mayReach(who.homeTenantId, tenant))
      return 'With this credential only your own tenant can be connected, and those that the operator allowed for it.';
    return null;
  }

  #mayReach(homeTenantId: string, tenantId: string): boolean {
    const [home, target] = [homeTenantId.toLowerCase(), tenantId.toLowerCase()];
    return (
      home === target ||
      this.#options.identity.tenants.some((one) => one.homeTenantId === home && one.targetTenantId === target)
    );
  }
}
