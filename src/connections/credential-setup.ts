import type { CertificateFacts } from '../graph/certificates/certificate.ts';
import type { Cloud } from '../graph/clouds.ts';
import { assertionFacts, readTokenFile } from '../graph/credentials/token-file.ts';
import type { OwnIdentityConfig } from '../own-identity-config.ts';
import { ProblemError } from '../problems/problem.ts';
import type { Credential } from './credential.ts';

/** What has to be done in Entra before a credential can work. */
export type CredentialSetup =
  | { kind: 'nothing' }
  | { kind: 'certificate'; certificate: CertificateFacts }
  | {
      kind: 'federation';
      /** As the portal calls it. */
      scenario: string;
      issuer: string;
      subject: string;
      audience: string;
      warning: string | null;
    }
  | { kind: 'permission'; objectId: string; commands: string };

/** Fixed by Microsoft: the permission DeviceManagementApps.ReadWrite.All of the application Microsoft Graph. */
const grant = { graphAppId: '00000003-0000-0000-c000-000000000000', roleId: '78145de6-330d-4800-a6ce-494ff2d33d07' };

export async function credentialSetup(
  credential: Credential,
  cloud: Cloud,
  identity: OwnIdentityConfig,
): Promise<CredentialSetup> {
  switch (credential.source) {
    case 'typed':
    case 'keyVault':
      return { kind: 'nothing' };
    case 'made':
    case 'uploaded':
      return credential.certificate === null
        ? { kind: 'nothing' }
        : { kind: 'certificate', certificate: credential.certificate };
    case 'tokenFile': {
      if (identity.tokenFile === undefined) throw new ProblemError('ownIdentityGone');
      const facts = assertionFacts(await readTokenFile(identity.tokenFile));
      if (facts === null) throw new ProblemError('federatedTokenMissing');
      const fits = facts.audience === cloud.federationAudience;
      return {
        kind: 'federation',
        scenario: 'Other issuer',
        issuer: facts.issuer,
        subject: facts.subject,
        audience: facts.audience,
        warning: fits
          ? null
          : `For this cloud Microsoft recommends the audience ${cloud.federationAudience}; the token in the file is made for another one.`,
      };
    }
    case 'managedIdentity': {
      const { tenantId, objectId } = named(identity, credential.identity);
      return {
        kind: 'federation',
        scenario: 'Managed identity',
        issuer: `${cloud.loginUrl}/${tenantId}/v2.0`,
        subject: objectId,
        audience: cloud.federationAudience,
        warning:
          'The app registration has to be in the tenant of the identity. Other tenants are reached through it when it is multitenant.',
      };
    }
    case 'machine': {
      const { tenantId, objectId } = named(identity, credential.identity);
      const commands = [
        `Connect-Entra -TenantId ${tenantId} -Scopes AppRoleAssignment.ReadWrite.All`,
        `$graph = Get-EntraServicePrincipal -Filter "appId eq '${grant.graphAppId}'"`,
        `New-EntraServicePrincipalAppRoleAssignment -ObjectId ${objectId} -PrincipalId ${objectId} -ResourceId $graph.Id -Id ${grant.roleId}`,
      ];
      return { kind: 'permission', objectId, commands: commands.join('\n') };
    }
  }
}

function named(identity: OwnIdentityConfig, name: string) {
  const found = identity.managedIdentities.find((one) => one.name === name);
  if (found === undefined) throw new ProblemError('ownIdentityGone');
  return found;
}
