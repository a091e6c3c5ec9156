import type { Card } from '../../cards/card.ts';
import type { CertificateUploads } from '../../connections/certificate-uploads.ts';
import type { ConnectionLife } from '../../connections/connection-life.ts';
import type { Connections } from '../../connections/connections.ts';
import type { Credential, CredentialChoice } from '../../connections/credential.ts';
import type { CredentialSetup } from '../../connections/credential-setup.ts';
import type { Chooser, OwnIdentityRules } from '../../connections/own-identity.ts';
import type { RegistrationCheck } from '../../connections/registration-check.ts';
import type { Cloud } from '../../graph/clouds.ts';
import type { Reply, Turn } from '../route.ts';
import type { OwnCredentials } from './connection-form-card.ts';
import type { CredentialChoiceCard } from './credential-choice-card.ts';
import { choicesByStrength } from './credential-words.ts';

export interface ConnectionServices {
  connections: Pick<Connections, 'list' | 'find' | 'create' | 'update' | 'requestTest' | 'rotation'>;
  life: ConnectionLife;
  own: OwnIdentityRules;
  /** What has to be done in Entra for a credential. */
  setupOf: (credential: Credential, cloud: Cloud) => Promise<CredentialSetup>;
  uploads: Pick<CertificateUploads, 'issue'>;
  registration: Pick<RegistrationCheck, 'isRemoved'>;
  /** Parts of a sentence about what uses a connection. */
  dependents: (connectionId: string) => Promise<string[]>;
  /** For the other cards that show the connection. */
  told: { changed(connectionId: string): void; deleted(connectionId: string, card: Card, summary: string): void };
  /** Apps of the operator that need no registration and no credential. */
  managedApps: readonly { id: string; name: string }[];
  clouds: readonly Cloud[];
  supportContact: string;
  /** Links to this service start with it. */
  publicUrl: string;
}

export const gone: Reply = {
  kind: 'text',
  text: 'This connection is not known here any more. Type connections to see those that are.',
};

export const chooser = ({ actor }: Turn): Chooser => ({ homeTenantId: actor.homeTenantId, objectId: actor.objectId });

/** Credentials this person may choose, and a word about those only others may. */
export function choicesFor(own: OwnIdentityRules, who: Chooser): Pick<CredentialChoiceCard, 'choices' | 'withheld'> {
  const choices = choicesByStrength.filter((choice) => own.mayChoose(choice, who));
  const withheld = own.offered(who.homeTenantId).length > 0 && !own.isAdministrator(who);
  return {
    choices,
    ...(withheld
      ? {
          withheld:
            'Credentials without a secret are set up too. Administrators named by the operator may choose them.',
        }
      : {}),
  };
}

export function ownFor(own: OwnIdentityRules, choice: CredentialChoice | null, who: Chooser): OwnCredentials {
  const isIdentity = choice === 'managedIdentity' || choice === 'federatedIdentity';
  return {
    identities: isIdentity ? own.identitiesFor(choice, who).map(({ name }) => name) : [],
    vaults: own.vaultsOf(who.homeTenantId),
  };
}
