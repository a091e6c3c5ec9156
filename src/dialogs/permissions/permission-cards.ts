import type { Card, CardAction, CardElement } from '../../cards/card.ts';
import { actions, card, container, execute, footer, header, openUrl, strip, table, text } from '../../cards/pieces.ts';
import { problemBlock } from '../../cards/problem-block.ts';
import { exact, sentence } from '../../cards/text.ts';
import type { StoredConnection } from '../../connections/connection.ts';
import type { PermissionCheck } from '../../connections/permission-check.ts';
import type { Looked, LookedCapability } from '../../permissions/lens.ts';
import { advice, stateWords } from './capability-words.ts';

export interface PermissionCard {
  connection: StoredConnection;
  check: PermissionCheck;
  /** The API permissions page of the app. */
  apiPermissionsUrl: string | null;
  supportContact: string;
  now: Date;
}

const forPublishing = ['publishApps', 'seeApps'];
const excessShown = 3;
const isFine = ({ state }: LookedCapability) => state === 'works' || state === 'granted';

const hasNeedless = ({ excess: list }: Looked) => list.some(({ servesOther }) => !servesOther);

/** The answer to what was asked; everything else waits behind buttons. */
export function permissionCard({ connection, check, apiPermissionsUrl, supportContact, now }: PermissionCard): Card {
  const { looked, test } = check;
  const asked = askedAbout(looked);
  const capability = looked.wanted?.[0];
  const data = { connection: connection.id, ...(capability === undefined ? {} : { capability }) };
  const manifest = execute('Show manifest', 'permissions.manifest', data);
  const isAllFine = asked.every(isFine);
  const knowsSomething = looked.granted !== null || test.probe === 'answered';
  return card(
    [
      header({ title: `What ${connection.name} may do`, where: `Tenant ${connection.tenantId}` }),
      strip(...verdict(check, asked)),
      ...(test.problem === null ? [] : problemBlock(test.problem, { supportContact })),
      knowsSomething ? capabilityTable(asked) : null,
      looked.directory?.disabled === true
        ? text('The enterprise application is disabled in this tenant.', { tone: 'attention' })
        : null,
      ...(knowsSomething ? toDo(looked, asked, manifest) : []),
      ...excess(looked, excessShown),
      looked.granted === null
        ? text('The token could not be read, so what was granted is not known. What Intune answers counts.', {
            subtle: true,
          })
        : null,
      looked.granted?.length === 0 ? text('No permission was granted yet.') : null,
      footer(`Read from a fresh token and live requests, ${exact(now)}`),
    ],
    [
      execute('Check again', 'permissions.show', data),
      (isAllFine && !hasNeedless(looked)) || apiPermissionsUrl === null
        ? null
        : openUrl('How to fix: API permissions', apiPermissionsUrl),
      isAllFine ? manifest : execute('After a refusal (403)', 'permissions.refusal', { connection: connection.id }),
      execute('Everything it may do', 'permissions.all', { connection: connection.id }),
      execute('Back to the connection', 'connection.show', { connection: connection.id }),
    ],
  );
}

/** All capabilities, all that is granted. */
export function everythingCard({ connection, check, apiPermissionsUrl, now }: PermissionCard): Card {
  const { looked } = check;
  return card(
    [
      header({ title: `Everything ${connection.name} may do`, where: `Tenant ${connection.tenantId}` }),
      capabilityTable(looked.capabilities, true),
      text('Works means that a harmless request went through. Where only a change would prove it, nothing was tried.', {
        subtle: true,
        small: true,
      }),
      ...registration(looked),
      ...excess(looked, Number.POSITIVE_INFINITY),
      looked.granted === null || looked.granted.length === 0
        ? null
        : text(`Granted: ${looked.granted.map((role) => role.name).join(', ')}`, { small: true, subtle: true }),
      footer(`Type permissions and a name to have one explained · ${exact(now)}`),
    ],
    [
      execute('Only publishing', 'permissions.show', { connection: connection.id }),
      execute('Intune API permissions', 'permissions.intuneApi', { connection: connection.id }),
      execute('Show manifest', 'permissions.manifest', { connection: connection.id }),
      apiPermissionsUrl === null ? null : openUrl('API permissions', apiPermissionsUrl),
      execute('Back to the connection', 'connection.show', { connection: connection.id }),
    ],
  );
}

function askedAbout({ wanted, capabilities }: Looked): LookedCapability[] {
  const ids: readonly string[] = wanted ?? forPublishing;
  return capabilities.filter(({ id }) => ids.includes(id));
}

function verdict(
  { looked, test }: PermissionCheck,
  asked: readonly LookedCapability[],
): ['good' | 'warning' | 'attention', string] {
  const what = looked.wanted === null ? 'publish' : asked.map(({ label }) => label).join(' and ');
  const answered = looked.wanted !== null || test.probe === 'answered';
  if (answered && asked.length > 0 && asked.every(isFine)) {
    if (looked.excess.length === 0) return ['good', `It may ${what}, and has nothing it does not need`];
    return hasNeedless(looked)
      ? ['warning', `It may ${what}, and may do more than it needs`]
      : ['good', `It may ${what}`];
  }
  if (asked.some(({ state }) => state === 'notWorking')) return ['attention', 'Granted, but Microsoft refuses it'];
  if (asked.some(({ state }) => state === 'notInToken')) return ['warning', 'Granted, and not passed on yet'];
  if (asked.some(({ state }) => state === 'missing' || state === 'delegatedOnly'))
    return ['attention', `It may not ${what} yet`];
  return test.problem === null ? ['warning', `Not clear whether it may ${what}`] : ['attention', test.problem.title];
}

function capabilityTable(list: readonly LookedCapability[], withNeeds = false): CardElement {
  return table(
    withNeeds ? ['What', 'Now', 'Needs'] : ['What', 'Now'],
    withNeeds ? [3, 3, 4] : [3, 3],
    list.map((capability) => {
      const { text: words, tone } = stateWords(capability);
      const cells = [text(sentence(capability.label)), text(words, { tone })];
      return withNeeds ? [...cells, text(capability.needs, { small: true, subtle: true })] : cells;
    }),
  );
}

/** One sentence for each thing that keeps it from working, the same one once. */
function toDo(
  { kind, missing, capabilities }: Looked,
  asked: readonly LookedCapability[],
  manifest: CardAction,
): CardElement[] {
  const needed = new Set(missing.map(({ name }) => name));
  const relevant = asked.filter(({ state, needs }) => needed.has(needs) || state === 'notWorking');
  const lines = new Set(relevant.map((looked) => advice(looked, kind)).filter((line) => line !== null));
  const wants = new Set(relevant.flatMap((looked) => looked.wants));
  const publishing = capabilities.find(({ id }) => id === 'publishApps');
  const isUntried = asked.some(({ id }) => id === 'publishApps') && publishing?.state === 'granted';
  return [
    lines.size === 0
      ? null
      : container([
          text('What to do', { bold: true }),
          ...missing.map((entry) =>
            text(`${entry.name} (${entry.enableAccess ?? entry.displayName}): this app could then ${entry.allows}.`),
          ),
          ...[...lines].map((line) => text(line, { subtle: true })),
          missing.length === 0 ? null : actions([manifest]),
        ]),
    wants.size === 0 ? null : text(`Microsoft named one of: ${[...wants].join(', ')}.`, { subtle: true }),
    isUntried
      ? text('Reading apps was tried. Whether writing works shows when something is published.', {
          subtle: true,
          small: true,
        })
      : null,
  ].filter((element) => element !== null);
}

function registration({ directory, kind }: Looked): CardElement[] {
  if (directory === null)
    return [
      text('What the registration lists was not read: that takes Application.Read.All.', { subtle: true, small: true }),
    ];
  const waiting = (directory.requested?.[kind] ?? []).filter(
    (name) => !(kind === 'application' ? directory.assigned : directory.delegated)?.includes(name),
  );
  const delegated = kind === 'application' ? (directory.delegated ?? []) : [];
  return [
    waiting.length === 0 ? null : text(`Added to the registration, not consented: ${waiting.join(', ')}`),
    delegated.length === 0
      ? null
      : text(`Granted for signed-in people only, not used by this connection: ${delegated.join(', ')}`),
  ].filter((element) => element !== null);
}

function excess({ excess: list, wanted, least }: Looked, most: number): CardElement[] {
  const needless = list.filter(({ servesOther }) => !servesOther);
  const forOthers = list.filter(({ servesOther }) => servesOther).map(({ name }) => name);
  const rest = needless.length - most;
  return [
    needless.length === 0
      ? null
      : container([
          text('More than needed', { bold: true }),
          ...needless.slice(0, most).map((role) => text(`${role.name}: ${role.reason}`)),
          rest > 0 ? text(`And ${rest} more: press Everything it may do.`) : null,
          text('It works the same without. Take it away under API permissions.', { subtle: true }),
        ]),
    wanted === null || forOthers.length === 0
      ? null
      : text(`For this alone ${least.join(', ')} would be enough. Other purposes use ${forOthers.join(', ')}.`, {
          subtle: true,
        }),
  ].filter((element) => element !== null);
}
