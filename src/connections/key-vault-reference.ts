import type { KeyVaultReference } from '../graph/credentials/key-vault.ts';

export type ReadReference = { ok: true; reference: KeyVaultReference } | { ok: false; fault: string };

const form = 'https://name.vault.azure.net/secrets/entry';
const namePart = /^[0-9A-Za-z-]{1,127}$/;

/** `https://vault/secrets/name[/version]` or `…/certificates/name[/version]`, as the portal copies it. */
export function readKeyVaultReference(typed: string, vaults: readonly string[]): ReadReference {
  const fault = (text: string): ReadReference => ({ ok: false, fault: text });
  if (typed === '') return fault(`Enter the identifier of the vault’s entry, in the form ${form}.`);
  const url = URL.canParse(typed) ? new URL(typed) : null;
  if (url === null || url.protocol !== 'https:' || url.username !== '' || url.search !== '' || url.hash !== '')
    return fault(`That is not an identifier of Key Vault. It has the form ${form}.`);
  if (!vaults.includes(url.origin))
    return fault(
      `${url.host} is not a vault that the operator allowed for your tenant. Allowed: ${vaults.join(', ')}.`,
    );
  const [collection, name, version, ...rest] = url.pathname.split('/').filter(Boolean);
  if (!['secrets', 'certificates'].includes(collection ?? '') || rest.length > 0)
    return fault(`The identifier names no secret and no certificate. It has the form ${form}.`);
  if (name === undefined || !namePart.test(name) || (version !== undefined && !namePart.test(version)))
    return fault(`The identifier names no entry. It has the form ${form}.`);
  return { ok: true, reference: { vaultUrl: url.origin, name, ...(version === undefined ? {} : { version }) } };
}
