import { type InstallerKindId, installerKind } from '../../packages/exe/installer-kinds.ts';

/** Command lines for a setup; empty where only its makers know. */
export interface Commands {
  install: string;
  uninstall: string;
}

export interface Setup {
  /** With slashes, below the content's top. */
  file: string;
  productCode: string | null;
  /** Of a program, where it was found out. */
  installer: string | null;
  productName: string | null;
}

/** Families whose setup also removes. */
const removesItself: ReadonlySet<string> = new Set(['wix-burn', 'installshield', 'advanced-installer']);

/** What usually makes a setup work without questions. Proposals: whoever publishes has to try them. */
export function proposedCommands({ file, productCode, installer, productName }: Setup): Commands {
  const quoted = `"${file.replaceAll('/', '\\')}"`;
  const ending = /\.([a-z0-9]+)$/i.exec(file)?.[1]?.toLowerCase() ?? '';
  const removal = productCode === null ? '' : `msiexec /x "${productCode}" /qn /norestart`;
  if (ending === 'msi') return { install: `msiexec /i ${quoted} /qn /norestart`, uninstall: removal };
  if (ending === 'ps1')
    return { install: `powershell.exe -NoProfile -ExecutionPolicy Bypass -File ${quoted}`, uninstall: removal };
  if (ending === 'cmd' || ending === 'bat') return { install: `cmd.exe /c ${quoted}`, uninstall: removal };
  const kind = installer === null ? null : installerKind(installer as InstallerKindId);
  if (kind === null) return { install: quoted, uninstall: removal };
  return {
    install: `${quoted} ${kind.silentInstall ?? ''}`.trim(),
    uninstall: removal || uninstaller(kind.id, kind.silentUninstall, quoted, productName),
  };
}

function uninstaller(id: string, switches: string | null, setup: string, productName: string | null): string {
  if (switches === null) return '';
  if (removesItself.has(id)) return `${setup} ${switches}`;
  const folder = asFolder(productName);
  if (folder === null) return '';
  // Where these families put their uninstaller unless the app's makers decided otherwise.
  if (id === 'inno') return `"%ProgramFiles%\\${folder}\\unins000.exe" ${switches}`;
  if (id === 'nsis') return `"%ProgramFiles%\\${folder}\\uninstall.exe" ${switches}`;
  if (id === 'squirrel' || id === 'velopack') return `"%LocalAppData%\\${folder}\\Update.exe" ${switches}`;
  return '';
}

/** Where these families note what they installed. */
export function proposedUninstallKey(installer: string | null, productName: string | null): string | null {
  const folder = asFolder(productName);
  if (folder === null || (installer !== 'inno' && installer !== 'nsis')) return null;
  const key = installer === 'inno' ? `${folder}_is1` : folder;
  return `HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\${key}`;
}

/** A product's name comes from the package: what a command line or a path would read is left out. */
function asFolder(productName: string | null): string | null {
  const name = (productName ?? '').replace(/[<>:"/\\|?*%&^;]/g, '').trim();
  return name === '' ? null : name;
}
