import { readdirSync, readFileSync } from 'node:fs';
import { accentColor } from '../../appPackage/icons.ts';
import { fillTemplate, manifestFaults, readManifestSchema, readTemplate } from '../../appPackage/manifest.ts';
import { readManifestValues } from '../../appPackage/settings.ts';
import { environment } from './values.ts';

interface Manifest {
  $schema: string;
  manifestVersion: string;
  id: string;
  name: { short: string };
  developer: { name: string };
  accentColor: string;
  validDomains: string[];
  supportsChannelFeatures: string;
  defaultInstallScope: string;
  bots: {
    botId: string;
    scopes: string[];
    supportsFiles: boolean;
    commandLists: { scopes: string[]; commands: { title: string; description: string }[] }[];
  }[];
}

const filled = () => fillTemplate(readTemplate(), readManifestValues(environment, '1.4.0'));
const manifest = () => filled() as unknown as Manifest;
const bot = () => manifest().bots[0]!;

/** The command rows that dialogs register: name and usage. */
function registeredCommands(): Map<string, string> {
  const dialogs = new URL('../../src/dialogs/', import.meta.url);
  const source = readdirSync(dialogs, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(new URL(name, dialogs), 'utf8'))
    .join('\n');
  return new Map(
    [...source.matchAll(/command: '(\w+)',\s+usage: '([^']+)'/g)].map(([, name, usage]) => [name!, usage!]),
  );
}

describe('the manifest', () => {
  it('follows Microsoft’s schema 1.29', () => {
    expect(manifestFaults(filled())).toEqual([]);
    expect(manifest().manifestVersion).toBe('1.29');
    expect(manifest().$schema).toMatch(/\/teams\/v1\.29\/MicrosoftTeams\.schema\.json$/);
  });

  it.each([
    ['an unknown property', { surprise: true }, /surprise/],
    ['an id that is no GUID', { id: 'quartermaster' }, /^\/id .*pattern/],
    ['a manifest version that is not the schema’s', { manifestVersion: '1.28' }, /^\/manifestVersion /],
    ['an accent colour without its sign', { accentColor: '0f5c66' }, /^\/accentColor /],
  ])('is refused with %s', (_, change, fault) => {
    const faults = manifestFaults({ ...(filled() as object), ...change });

    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(fault);
  });

  it('is checked by a schema that means the same in draft 04 and draft 07', () => {
    const keywordsThatChanged = new Set(['id', 'exclusiveMinimum', 'exclusiveMaximum']);
    const found: string[] = [];
    const walk = (node: unknown) => {
      if (node === null || typeof node !== 'object') return;
      for (const [name, value] of Object.entries(node)) {
        if (keywordsThatChanged.has(name) && typeof value !== 'object') found.push(name);
        walk(value);
      }
    };

    walk(readManifestSchema());

    expect(found).toEqual([]);
  });

  it('is a bot for people, chats, teams and every kind of channel', () => {
    expect(bot()).toMatchObject({ scopes: ['personal', 'team', 'groupChat'], supportsFiles: true });
    expect(manifest()).toMatchObject({
      name: { short: 'Quartermaster' },
      supportsChannelFeatures: 'tier1',
      defaultInstallScope: 'team',
    });
  });

  it('carries the settings where they belong', () => {
    expect(manifest()).toMatchObject({
      id: '3d2f6c1e-9a57-4b0c-8e3d-0a1b2c3d4e5f',
      developer: { name: 'Contoso "Devices"' },
      validDomains: ['quartermaster.contoso.com'],
      accentColor,
    });
    expect(bot().botId).toBe(manifest().id);
    expect(JSON.stringify(filled())).not.toContain('${{');
  });

  it('refuses a placeholder that nothing is known of', () => {
    expect(() => fillTemplate({ name: `\${{SOMETHING}}` }, {})).toThrow(/placeholder SOMETHING/);
  });

  it('has one list of commands for each scope, none longer than Teams shows', () => {
    const lists = bot().commandLists;

    expect(lists.map((list) => list.scopes)).toEqual([['team'], ['groupChat'], ['personal']]);
    for (const { commands } of lists) {
      // The schema lets twelve in; clients have shown ten.
      expect(commands.length).toBeLessThanOrEqual(10);
      expect(new Set(commands.map(({ title }) => title)).size).toBe(commands.length);
    }
  });

  it('describes each command in a line that a phone shows', () => {
    for (const { title, description } of bot().commandLists.flatMap((list) => list.commands)) {
      expect(title.length).toBeLessThanOrEqual(32);
      expect(description.length).toBeLessThanOrEqual(80);
    }
  });

  it('offers only commands that a dialog answers, with its own usage', () => {
    const registered = registeredCommands();

    for (const { title, description } of bot().commandLists.flatMap((list) => list.commands)) {
      const usage = registered.get(title);
      expect({ title, registered: usage !== undefined }).toEqual({ title, registered: true });
      if (usage !== title) expect(description.startsWith(`${usage} - `) ? usage : description).toBe(usage);
    }
  });
});
