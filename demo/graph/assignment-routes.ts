import { appOf, readApps, typeOfBody, writeApps } from './app-routes.ts';
import { showAssignment } from './entity-shape.ts';
import { contextUrl, type GraphCall, type GraphRoute } from './graph-call.ts';
import { intuneBadRequest, notFound } from './graph-error.ts';
import { type Assignment, publishingState, type StoredApp } from './intune-tenant.ts';
import { isObject, type JsonObject } from './json.ts';

const root = '/deviceAppManagement/mobileApps/{app}';

/** Which settings an app of a type may be assigned with. */
const settingsOf: Record<string, readonly string[]> = {
  iosLobApp: ['iosLobAppAssignmentSettings'],
  iosStoreApp: ['iosStoreAppAssignmentSettings'],
  iosVppApp: ['iosVppAppAssignmentSettings'],
  macOSLobApp: ['macOsLobAppAssignmentSettings'],
  win32LobApp: ['win32LobAppAssignmentSettings'],
  win32CatalogApp: ['win32LobAppAssignmentSettings', 'win32CatalogAppAssignmentSettings'],
  winGetApp: ['winGetAppAssignmentSettings'],
  windowsAppX: ['windowsAppXAppAssignmentSettings'],
  windowsUniversalAppX: ['windowsUniversalAppXAppAssignmentSettings'],
};
const withoutEnrollment = /^(ios|android|managedIOS|managedAndroid)/;
const groupTargets = ['groupAssignmentTarget', 'exclusionGroupAssignmentTarget'];

/** Reads one assignment; who it is for makes its id, so that one target can stand once only. */
function readAssignment(call: GraphCall, app: StoredApp, body: JsonObject): Assignment {
  const refuse = (text: string) => intuneBadRequest(text, call.path);
  const target = isObject(body.target) ? body.target : {};
  const targetType = typeOfBody(target);
  const settings = isObject(body.settings) ? body.settings : null;
  const intent = String(body.intent);
  if (groupTargets.includes(targetType) && !/^[0-9a-f-]{36}$/i.test(String(target.groupId ?? '')))
    throw refuse('The group of the assignment must be the id of a group.');
  if (targetType === 'exclusionGroupAssignmentTarget' && settings !== null)
    throw refuse('An exclusion carries no settings.');
  if (settings !== null && !(settingsOf[app.type] ?? []).includes(typeOfBody(settings)))
    throw refuse(`The settings '${typeOfBody(settings)}' do not fit an app of the type '${app.type}'.`);
  if (intent === 'availableWithoutEnrollment' && !withoutEnrollment.test(app.type))
    throw refuse(`The intent 'availableWithoutEnrollment' does not fit an app of the type '${app.type}'.`);
  const filterId = target.deviceAndAppManagementAssignmentFilterId;
  if (filterId && !call.intune.filters.some((filter) => filter.id === filterId))
    throw refuse(`The assignment filter '${String(filterId)}' does not exist.`);
  const isExclusion = targetType === 'exclusionGroupAssignmentTarget';
  return {
    id: `${String(target.groupId ?? targetType)}_${isExclusion ? 1 : 0}_0`,
    intent,
    target: { ...target, '@odata.type': `#microsoft.graph.${targetType}` },
    settings,
  };
}

function mayBeAssigned(call: GraphCall): StoredApp {
  const app = appOf(call);
  if (publishingState(app, call.now) !== 'published')
    throw intuneBadRequest(`The app's PublishingState is not 'Published'.`, call.path);
  return app;
}

function assign(call: GraphCall) {
  const app = mayBeAssigned(call);
  const wanted = (call.body.mobileAppAssignments ?? []) as JsonObject[];
  const read = wanted.map((entry) => readAssignment(call, app, entry));
  // Intune keeps one of several assignments to the same target and says nothing.
  app.assignments = read.filter((entry, index) => read.findIndex((other) => other.id === entry.id) === index);
  return { status: 204 };
}

function add(call: GraphCall) {
  const app = mayBeAssigned(call);
  const assignment = readAssignment(call, app, call.body);
  if (app.assignments.some((other) => other.id === assignment.id))
    throw intuneBadRequest('The app is assigned to this target already.', call.path);
  app.assignments.push(assignment);
  const body = {
    '@odata.context': contextUrl(call, 'assignments/$entity'),
    ...showAssignment(call.version, assignment),
  };
  return { status: 201, body };
}

function remove(call: GraphCall) {
  const app = appOf(call);
  const index = app.assignments.findIndex((assignment) => assignment.id === call.params.assignment);
  if (index < 0) throw notFound(call.params.assignment ?? '');
  app.assignments.splice(index, 1);
  return { status: 204 };
}

const reading = { roles: readApps, forbidden: 'apps' } as const;
const writing = { roles: writeApps, forbidden: 'apps', needsApproval: true } as const;

export const assignmentRoutes: readonly GraphRoute[] = [
  { ...writing, method: 'POST', path: `${root}/assign`, handle: assign },
  {
    ...reading,
    method: 'GET',
    path: `${root}/assignments`,
    handle: (call) => ({
      status: 200,
      body: {
        '@odata.context': contextUrl(call, 'assignments'),
        value: appOf(call).assignments.map((assignment) => showAssignment(call.version, assignment)),
      },
    }),
  },
  { ...writing, method: 'POST', path: `${root}/assignments`, handle: add },
  { ...writing, method: 'DELETE', path: `${root}/assignments/{assignment}`, handle: remove },
];
