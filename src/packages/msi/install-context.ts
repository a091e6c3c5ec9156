import type { MsiDetails } from '../package-facts.ts';

export interface InstallContext {
  packageType: MsiDetails['packageType'];
  warnings: string[];
}

export interface ContextEvidence {
  allUsers: string | undefined;
  installPerUser: string | undefined;
  /** Word Count of the summary information. */
  wordCount: number | null;
}

const needsNoElevation = 8;

/**
 * For whom a package installs, by what it says of itself; a package may still decide otherwise while it runs.
 * https://learn.microsoft.com/windows/win32/msi/allusers
 */
export function installContext({ allUsers, installPerUser, wordCount }: ContextEvidence): InstallContext {
  const isMarkedPerUser = ((wordCount ?? 0) & needsNoElevation) !== 0;
  if (allUsers === '1') {
    const warnings = isMarkedPerUser
      ? ['The package asks to be installed for all users, but also says that this needs no administrator rights.']
      : [];
    return { packageType: 'perMachine', warnings };
  }
  if (allUsers === '2') {
    const preferred = installPerUser === '1' ? 'one user' : 'all users';
    return {
      packageType: 'dualPurpose',
      warnings: [`The package can be installed for one user or for all users; it prefers ${preferred}.`],
    };
  }
  const warnings = isMarkedPerUser
    ? []
    : [
        'The package names no ALLUSERS property, so it installs for one user unless it decides otherwise while it runs.',
      ];
  return { packageType: 'perUser', warnings };
}
