import { proposedCommands } from '../../../src/publishing/kinds/win32-commands.ts';
import { detectionFaults, detectionRule } from '../../../src/publishing/kinds/win32-detection.ts';

const setup = { file: 'setup.exe', productCode: null, installer: null, productName: 'Field Notes' };

describe('commands that are proposed', () => {
  it.each([
    ['inno', '/VERYSILENT', '"%ProgramFiles%\\Field Notes\\unins000.exe" /VERYSILENT'],
    ['nsis', '"setup.exe" /S', '"%ProgramFiles%\\Field Notes\\uninstall.exe" /S'],
    ['wix-burn', '"setup.exe" /quiet /norestart', '"setup.exe" /uninstall /quiet'],
    ['squirrel', '"setup.exe" --silent', 'Update.exe" --uninstall'],
  ])('for %s', (installer, install, uninstall) => {
    const proposed = proposedCommands({ ...setup, installer });

    expect(proposed.install).toContain(install);
    expect(proposed.uninstall).toContain(uninstall);
  });

  it('leave open what only the makers know', () => {
    expect(proposedCommands(setup)).toEqual({ install: '"setup.exe"', uninstall: '' });
  });

  it('never let a name from a package become a part of the command', () => {
    const { uninstall } = proposedCommands({ ...setup, installer: 'nsis', productName: 'x" & del %TEMP% & "' });

    expect(uninstall).toBe('"%ProgramFiles%\\x  del TEMP\\uninstall.exe" /S');
  });

  it('start scripts in folders with their interpreter', () => {
    expect(proposedCommands({ ...setup, file: 'bin/install.cmd' }).install).toBe('cmd.exe /c "bin\\install.cmd"');
  });
});

describe('detection', () => {
  it.each([
    [{ detectBy: 'file', detectPath: '' }, 'detectPath'],
    [{ detectBy: 'file', detectPath: 'Contoso\\notes' }, 'detectPath'],
    [{ detectBy: 'file', detectPath: 'C:\\Contoso', detectVersion: '1.0' }, 'detectName'],
    [{ detectBy: 'registry', detectPath: 'SOFTWARE\\Contoso' }, 'detectPath'],
    [{ detectBy: 'registry', detectPath: 'HKLM\\SOFTWARE\\Contoso', detectVersion: '1' }, 'detectName'],
  ])('refuses %j', (settings, field) => {
    expect(Object.keys(detectionFaults(settings))).toEqual([field]);
  });

  it('looks for a folder in the one above it', () => {
    const rule = detectionRule({ detectBy: 'file', detectPath: 'C:\\Apps\\Contoso\\', detectName: '' }, null);

    expect(rule).toMatchObject({ path: 'C:\\Apps', fileOrFolderName: 'Contoso', operationType: 'exists' });
  });

  it('writes the short names of hives out', () => {
    const rule = detectionRule({ detectBy: 'registry', detectPath: 'hkcu:\\Software\\Contoso' }, null);

    expect(rule).toMatchObject({ keyPath: 'HKEY_CURRENT_USER\\Software\\Contoso', valueName: null });
  });
});
