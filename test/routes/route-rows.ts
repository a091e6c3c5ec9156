import type { Known } from './sample-data.ts';

type Rows = Readonly<Record<string, (known: Known) => Record<string, unknown>>>;

/** The same field names another kind of thing in these verbs. */
const naming = (field: string, thing: string, verbs: readonly string[]): Rows =>
  Object.fromEntries(verbs.map((verb) => [verb, (known: Known) => ({ [field]: known[thing] })]));

/**
 * What a route needs beside what its schema says. Most routes need no row: their data is made from the schema, with the
 * ids of the other workspace's things under the names that cards use for them.
 */
export const routeRows: Rows = {
  ...naming('listing', 'devicesListing', ['devices.page']),
  ...naming('draft', 'categoriesDraft', ['app.categories.save']),
  ...naming('draft', 'assignDraft', ['app.assign.confirm']),
  ...naming('draft', 'relationsDraft', ['app.relation.save']),
  ...naming('draft', 'retireDraft', ['app.retire.confirm']),
  ...naming('template', 'assignments', [
    'assignment.show',
    'assignment.edit',
    'assignment.copy',
    'assignment.page',
    'assignment.groups',
    'assignment.everybody',
    'assignment.add',
    'assignment.row',
    'assignment.keepRow',
    'assignment.removeRow',
    'assignment.save',
    'assignment.discard',
  ]),
};

/** Routes that anybody may use, whatever they were given. A new one is added here on purpose, not by oversight. */
export const openRoutes: readonly string[] = ['help', 'help.topic', 'help.command', 'install'];
