import type { StoredConnection } from '../../connections/connection.ts';
import { ProblemError } from '../../problems/problem.ts';
import { appShapes, shapeFor } from '../../publishing/kinds/app-shapes.ts';
import type { PublishPlan } from '../../publishing/plan.ts';
import { makePlan } from '../../publishing/planner.ts';
import {
  type FormStep,
  type FormValues,
  noTemplate,
  proposedValues,
  type ReleaseFormFaults,
  readReleaseForm,
  stepOfFaults,
} from '../../publishing/release-form.ts';
import { type ChosenTemplate, filledFrom, withoutDetection } from '../../publishing/release-templates.ts';
import { type Release, StaleRelease } from '../../publishing/releases.ts';
import { templateFields } from '../../templates/app-template.ts';
import type { Reply, Turn } from '../route.ts';
import { planCard } from './plan-card.ts';
import type { PublishServices } from './publish-services.ts';
import { readingCard } from './release-cards.ts';
import { furtherSettingsCard, releaseFormCard } from './release-form-card.ts';

export interface FormView {
  step?: FormStep;
  faults?: ReleaseFormFaults;
  /** What a template that was just chosen did, as sentences. */
  told?: readonly string[];
}

const mostCompared = 3;
const unusable: ReadonlySet<string> = new Set([
  'templateNotFound',
  'templateOtherTenant',
  'templateDoesNotFit',
  'templateGroupGone',
]);

type Shown = Extract<Reply, { kind: 'personalCard' }>;

export async function connectionsToPublishWith(
  services: Pick<PublishServices, 'connections'>,
  workspaceId: string,
): Promise<StoredConnection[]> {
  const all = await services.connections.list(workspaceId);
  return all.filter((connection) => connection.status === 'connected' || connection.statusReason === 'propagating');
}

/** What was typed so far on top of what the package proposes. */
export function valuesOf(release: Release): FormValues {
  const { facts, form } = release;
  return facts === null
    ? {}
    : { ...proposedValues(facts, shapeFor(facts, release.origin.fileName, form?.appType)), ...form };
}

export async function formReply(
  services: PublishServices,
  release: Release,
  { step = 'first', faults, told }: FormView = {},
): Promise<Shown> {
  const { facts } = release;
  if (facts === null) return { kind: 'personalCard', card: readingCard(release), summary: 'Reading the package' };
  const connections = await connectionsToPublishWith(services, release.workspaceId);
  const only = connections.length === 1 ? connections[0] : undefined;
  const values = valuesOf(release);
  const usual = shapeFor(facts, release.origin.fileName, values.appType);
  const shape = withoutDetection(usual, await services.templates.applied(release, values, usual));
  const form = {
    release,
    connections,
    shape,
    others: appShapes(facts, release.origin.fileName).filter((other) => other.graphType !== shape.graphType),
    appTemplates: await services.templates.choices(release.workspaceId),
    ...(told === undefined ? {} : { told }),
    assignmentTemplates: await services.assignments.choices(release.workspaceId, connections),
    values: only === undefined || values.connectionId ? values : { ...values, connectionId: only.id },
    ...(faults === undefined ? {} : { faults }),
  };
  return {
    kind: 'personalCard',
    card: step === 'further' ? furtherSettingsCard(form) : releaseFormCard(form),
    summary: `Draft of ${facts.displayName ?? release.origin.fileName}`,
  };
}

/** Null without a plan, or where its connection is gone. */
export async function planReply(
  services: PublishServices,
  release: Release,
  fault?: string,
): Promise<Extract<Reply, { kind: 'card' }> | null> {
  const { plan, facts } = release;
  const connection = plan === null ? null : await services.connections.find(release.workspaceId, plan.connectionId);
  if (plan === null || connection === null || facts === null) return null;
  const { noun } = shapeFor(facts, release.origin.fileName, plan.graphType);
  return {
    kind: 'card',
    card: planCard({
      release,
      plan,
      noun,
      connection,
      group: await services.groupWith(release.id),
      ...(fault === undefined ? {} : { fault }),
    }),
    summary: `Plan: ${plan.displayName} ${plan.version}`,
    follow: { subject: 'release', subjectId: release.id },
  };
}

/** The plan of what was typed, or the form with what is wrong in it. */
export async function plannedReply(
  services: PublishServices,
  turn: Turn,
  release: Release,
  values: FormValues,
): Promise<Reply> {
  const { facts } = release;
  if (facts === null) return formReply(services, release);
  const chosen = await withChosenTemplate(services, release, values);
  if (chosen.told !== null)
    return formReply(services, await services.releases.saveForm(release, chosen.values), { told: chosen.told });
  const { applied } = chosen;
  const shape = withoutDetection(shapeFor(facts, release.origin.fileName, values.appType), applied);
  let kept = release;
  const refused = async (faults: ReleaseFormFaults) =>
    formReply(services, await services.releases.saveForm(kept, values), {
      faults,
      step: stepOfFaults(faults, shape),
    });
  const read = readReleaseForm(values, shape);
  if ('faults' in read) return refused(read.faults);
  const connection = await services.connections.find(release.workspaceId, read.form.connectionId);
  if (connection === null) return refused({ connectionId: 'This connection is not known here any more' });
  // Whatever Intune answers, what was typed stays.
  kept = await services.releases.saveForm(release, values);
  const { mobileApps } = await services.connections.accessTo(connection.id);
  const plan = await makePlan(
    {
      release: kept,
      shape,
      form: read.form,
      connection,
      now: turn.now,
      applied,
    },
    mobileApps,
    turn.signal,
  ).catch((error: unknown) => {
    if (connection.statusReason === 'propagating' && isRefusal(error)) return null;
    throw error;
  });
  if (plan === null)
    return refused({
      connectionId: 'The consent is granted, but Microsoft is still passing it on. Plan again in some minutes.',
    });
  const assignment = await plannedAssignment(services, turn, kept, {
    ...plan,
    templateId: values.assignmentTemplateId,
    connection,
  });
  if (assignment instanceof ProblemError)
    return refused({
      assignmentTemplateId: [assignment.problem.what, assignment.problem.detail].filter(Boolean).join(' '),
    });
  const planned = await services.releases.savePlan(kept, values, { ...plan, assignment });
  await services.planned(planned.id);
  return (await planReply(services, planned)) ?? formReply(services, planned);
}

/** A template that was just chosen fills the form once, so that people see what it does before the plan; asked for, again. */
export async function withChosenTemplate(
  services: PublishServices,
  release: Release,
  values: FormValues,
  isAsked = false,
): Promise<{ values: FormValues; applied: ChosenTemplate | null; told: readonly string[] | null }> {
  const { facts } = release;
  if (facts === null) return { values, applied: null, told: null };
  const shape = shapeFor(facts, release.origin.fileName, values.appType);
  const applied = await services.templates.applied(release, values, shape);
  if (applied === null || (!applied.isNew && !isAsked)) return { values, applied, told: null };
  const { values: filled, kept } = filledFrom(values, applied, proposedValues(facts, shape));
  const labels = templateFields.filter(({ id }) => kept.includes(id)).map(({ label }) => label);
  const told = [
    `Filled from ${applied.name}. Look it through, then press Show the plan.`,
    ...(labels.length === 0 ? [] : [`As you typed it: ${labels.join(', ')}.`]),
    ...applied.leftOut,
  ];
  return { values: filled, applied, told };
}

/** Null without a template; the reason where the template cannot be used for this app. */
async function plannedAssignment(
  services: PublishServices,
  turn: Turn,
  { workspaceId }: Release,
  wanted: Pick<PublishPlan, 'graphType' | 'existing'> & {
    templateId: string | undefined;
    connection: StoredConnection;
  },
): Promise<PublishPlan['assignment'] | ProblemError> {
  const { templateId, connection, graphType, existing } = wanted;
  if (!templateId || templateId === noTemplate) return null;
  try {
    const appIds = existing.slice(0, mostCompared).map(({ id }) => id);
    const { now, signal } = turn;
    return await services.assignments.plan({ workspaceId, templateId, connection, graphType, appIds, now, signal });
  } catch (error) {
    if (error instanceof ProblemError && unusable.has(error.problem.code)) return error;
    throw error;
  }
}

/** Intune does not know the permission yet; a plan is made of what it says. */
const isRefusal = (error: unknown): boolean =>
  error instanceof ProblemError && ['graphPermissionMissing', 'graphForbidden'].includes(error.problem.code);

/** Where somebody else was faster, the newest state answers. */
export async function unlessStale<T extends Reply>(
  act: () => Promise<T>,
  show: (newest: Release) => Promise<Reply>,
): Promise<Reply> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof StaleRelease) return show(error.release);
    throw error;
  }
}
