/** A family of installers, and the switches that usually make it work without questions. */
export interface InstallerKind {
  id: string;
  /** As its makers write it, to be said after "an installer made with". */
  name: string;
  /** Proposals, not facts: a package may answer to others. Null where every package has its own. */
  silentInstall: string | null;
  /** For the uninstaller that it leaves on the device. */
  silentUninstall: string | null;
}

const kinds = [
  {
    id: 'inno',
    name: 'Inno Setup',
    // https://jrsoftware.org/ishelp/topic_setupcmdline.htm
    silentInstall: '/VERYSILENT /SUPPRESSMSGBOXES /NORESTART /SP-',
    silentUninstall: '/VERYSILENT /SUPPRESSMSGBOXES /NORESTART',
  },
  // https://nsis.sourceforge.io/Docs/Chapter3.html#installerusage
  { id: 'nsis', name: 'NSIS', silentInstall: '/S', silentUninstall: '/S' },
  // https://wixtoolset.org/docs/tools/burn/
  {
    id: 'wix-burn',
    name: 'WiX Burn',
    silentInstall: '/quiet /norestart',
    silentUninstall: '/uninstall /quiet /norestart',
  },
  {
    id: 'installshield',
    name: 'InstallShield',
    // https://docs.revenera.com/installshield/helplibrary/IHelpSetup_EXECmdLine.htm
    silentInstall: '/s /v"/qn /norestart"',
    silentUninstall: '/s /x /v"/qn /norestart"',
  },
  // https://www.advancedinstaller.com/user-guide/exe-setup-file.html
  {
    id: 'advanced-installer',
    name: 'Advanced Installer',
    silentInstall: '/exenoui /qn /norestart',
    silentUninstall: '/exenoui /x // /qn /norestart',
  },
  { id: 'squirrel', name: 'Squirrel', silentInstall: '--silent', silentUninstall: '--uninstall --silent' },
  { id: 'velopack', name: 'Velopack', silentInstall: '--silent', silentUninstall: '--uninstall --silent' },
  { id: 'wise', name: 'Wise', silentInstall: '/s', silentUninstall: '/s' },
  { id: 'setup-factory', name: 'Setup Factory', silentInstall: '/S', silentUninstall: '/S' },
  { id: 'installanywhere', name: 'InstallAnywhere', silentInstall: '-i silent', silentUninstall: '-i silent' },
  // https://doc.qt.io/qtinstallerframework/ifw-cli.html
  {
    id: 'qt-installer',
    name: 'Qt Installer Framework',
    silentInstall: 'install --accept-licenses --default-answer --confirm-command',
    silentUninstall: 'purge --default-answer --confirm-command',
  },
  // https://learn.microsoft.com/troubleshoot/windows-client/setup-upgrade-and-drivers/iexpress-command-line-switches
  { id: 'iexpress', name: 'IExpress', silentInstall: '/Q', silentUninstall: null },
  { id: '7zip-sfx', name: '7-Zip SFX', silentInstall: null, silentUninstall: null },
  { id: 'winrar-sfx', name: 'WinRAR SFX', silentInstall: '/S', silentUninstall: null },
  { id: 'msi-wrapper', name: 'an MSI inside', silentInstall: null, silentUninstall: null },
] as const satisfies readonly InstallerKind[];

export type InstallerKindId = (typeof kinds)[number]['id'];

export function installerKind(id: InstallerKindId): InstallerKind | null {
  return kinds.find((kind) => kind.id === id) ?? null;
}
