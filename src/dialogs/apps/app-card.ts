import { appKindLabel } from '../../apps/app-kinds.ts';
import { type AppView, type GroupNames, groupIdOf } from '../../apps/apps.ts';
import type { Card, CardElement } from '../../cards/card.ts';
import {
  actions,
  card,
  container,
  execute,
  facts,
  footer,
  header,
  notes,
  openUrl,
  strip,
  type Tone,
  text,
} from '../../cards/pieces.ts';
import { bytes, plain, when } from '../../cards/text.ts';
import { type AppAssignment, typeName } from '../../graph/app-assignments.ts';
import type { AppRelation } from '../../graph/intune-app.ts';

export interface AppCard {
  view: AppView;
  /** The app's page in the Intune admin center. */
  adminCentreUrl: string | null;
  now: Date;
  /** A sentence that says what was just done. */
  saved?: string;
}

const badges: Record<AppView['app']['publishingState'], { text: string; tone: Tone }> = {
  published: { text: 'Published', tone: 'good' },
  processing: { text: 'Processing', tone: 'accent' },
  notPublished: { text: 'Not published', tone: 'warning' },
};

const mostShown = 8;
/** A card may be 24 KB at most. */
const largestIcon = 9_000;

export function appCard({ view, adminCentreUrl, now, saved }: AppCard): Card {
  const { app, connection } = view;
  const target = { connection: connection.id, app: app.id };
  return card(
    [
      appHeader(view, badges[app.publishingState]),
      saved === undefined ? null : strip('good', saved),
      app.metadata.description ? text(shortened(app.metadata.description, 300)) : null,
      facts([
        ['Version', app.version === null ? null : `${app.version}${app.build === null ? '' : ` (${app.build})`}`],
        ['Identity', app.identifier],
        ['Publisher', app.metadata.publisher],
        ['Size', app.size === null || app.size === 0 ? null : bytes(app.size)],
        ['Categories', app.categories.map(({ displayName, id }) => displayName ?? id).join(', ')],
        [
          'Changed',
          app.lastModifiedDateTime === null ? null : { markdown: when(new Date(app.lastModifiedDateTime), now) },
        ],
      ]),
      container([text('Who receives it', { bold: true }), ...receivers(view)], { separator: true }),
      relations(view.relations),
      published(view, now),
      footer(`App id ${app.id}`),
    ],
    [
      execute('Assign', 'app.assign', target),
      execute('Assign from a template', 'template.apply', target),
      execute('Edit', 'app.edit', target),
      execute('More…', 'app.more', target),
      adminCentreUrl === null ? null : openUrl('View in Intune', adminCentreUrl),
    ],
  );
}

export function appHeader({ app, connection }: AppView, badge?: { text: string; tone: Tone }): CardElement {
  const head = header({
    title: app.metadata.displayName || 'An app without a name',
    where: `${connection.name} · ${appKindLabel(app.graphType)}`,
    ...(badge === undefined ? {} : { badge }),
  });
  const icon = app.icon;
  if (icon === null || icon.base64.length > largestIcon || !/^image\/(png|jpe?g|gif)$/i.test(icon.mimeType))
    return head;
  const image = {
    type: 'Image',
    url: `data:${icon.mimeType};base64,${icon.base64}`,
    altText: 'Icon of the app',
    width: '40px',
  };
  return { ...head, columns: [{ type: 'Column', width: 'auto', items: [image] }, ...(head.columns as CardElement[])] };
}

function receivers({ app, groups }: AppView): (CardElement | null)[] {
  if (app.assignments.length === 0) return [text('Nobody: it is assigned to no group.', { spacing: 'Small' })];
  const more = app.assignments.length - mostShown;
  return [
    ...app.assignments
      .slice(0, mostShown)
      .map((assignment) => text(assignmentSentence(assignment, groups), { spacing: 'Small' })),
    more > 0 ? text(`and ${more} more`, { subtle: true, spacing: 'Small' }) : null,
    groups.state === 'notAllowed'
      ? notes(['Names of groups take the permission GroupMember.Read.All, which this connection does not have.'])
      : null,
    groups.state === 'notAnswered' ? notes(['The directory did not say the names of the groups just now.']) : null,
  ];
}

const intents: Record<string, string> = {
  required: 'required',
  available: 'available',
  availableWithoutEnrollment: 'available without enrollment',
  uninstall: 'uninstalled',
};

export function targetName(assignment: AppAssignment, groups: GroupNames): string {
  const type = typeName(assignment.target);
  if (type === 'allLicensedUsersAssignmentTarget') return 'All users';
  if (type === 'allDevicesAssignmentTarget') return 'All devices';
  const groupId = groupIdOf(assignment);
  if (groupId === null) return type;
  const name = groups.names.get(groupId);
  if (name !== undefined) return name;
  return groups.state === 'known' ? `A group that is gone (${groupId})` : `Group ${groupId}`;
}

export function assignmentSentence(assignment: AppAssignment, groups: GroupNames): string {
  const { target } = assignment;
  const name = targetName(assignment, groups);
  const intent = intents[assignment.intent] ?? assignment.intent;
  const filterType = target.deviceAndAppManagementAssignmentFilterType;
  const filter = typeof filterType !== 'string' || filterType === 'none' ? '' : ', with a filter';
  return typeName(target) === 'exclusionGroupAssignmentTarget'
    ? `✗ ${name}: left out where it is ${intent}`
    : `✓ ${name}: ${intent}${filter}`;
}

function relations(list: readonly AppRelation[] | null): CardElement | null {
  if (list === null || list.length === 0) return null;
  const more = list.length - mostShown;
  return container(
    [
      text('Relations', { bold: true }),
      ...list.slice(0, mostShown).map((relation) => text(relationSentence(relation), { spacing: 'Small' })),
      more > 0 ? text(`and ${more} more`, { subtle: true, spacing: 'Small' }) : null,
    ],
    { separator: true },
  );
}

export function relationSentence({ kind, isInbound, how, targetName, targetVersion, targetId }: AppRelation): string {
  const other = `${targetName ?? targetId}${targetVersion === null ? '' : ` ${targetVersion}`}`;
  if (kind === 'supersedence')
    return isInbound
      ? `Is superseded by ${other}`
      : `Supersedes ${other}${how === 'replace' ? ', which is uninstalled first' : ''}`;
  return isInbound
    ? `${other} depends on it`
    : `Depends on ${other}${how === 'autoInstall' ? ', which is installed with it' : ''}`;
}

function published({ published: list }: AppView, now: Date): CardElement | null {
  if (list.length === 0) return null;
  return container(
    [
      text('Published from here', { bold: true }),
      ...list.map(({ by, version, jobNumber, at }) =>
        text(`${plain(by)}${version === null ? '' : `, ${plain(version)}`} · job ${jobNumber} · ${when(at, now)}`, {
          markdown: true,
          spacing: 'Small',
        }),
      ),
    ],
    { separator: true },
  );
}

/** What is done more rarely; destructive things last. */
export function moreCard({ view }: Pick<AppCard, 'view'>): Card {
  const target = { connection: view.connection.id, app: view.app.id };
  const { length } = view.app.assignments;
  return card(
    [
      appHeader(view),
      text('For a new version publish the new package: the plan finds this app by its identity.', { subtle: true }),
      actions([
        execute('New version', 'publish.start', { connection: view.connection.id }),
        execute('Earlier versions', 'job.versions', target),
      ]),
      text('Or change what is there:'),
      actions([
        execute('Change icon', 'app.icon', target),
        execute('Categories', 'app.categories', target),
        execute('Relations', 'app.relations', target),
        length === 0 ? null : execute('Remove an assignment', 'app.targets', target),
      ]),
    ],
    [execute('Back', 'app.show', target), execute('Retire', 'app.retire', target, { style: 'destructive' })],
  );
}

const shortened = (words: string, most: number) => (words.length <= most ? words : `${words.slice(0, most - 1)}…`);
