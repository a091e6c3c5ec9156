import type { AppEdit } from '../../apps/app-edits.ts';
import { appKindLabel } from '../../apps/app-kinds.ts';
import { type AppMetadata, type Clash, type MetadataFaults, metadataLabels } from '../../apps/app-metadata.ts';
import type { Card } from '../../cards/card.ts';
import { textField, toggleField } from '../../cards/inputs.ts';
import { card, execute, header, notes, strip } from '../../cards/pieces.ts';
import type { StoredConnection } from '../../connections/connection.ts';

export interface EditCard {
  edit: AppEdit;
  connection: StoredConnection;
  appId: string;
  /** As typed; without them what the app has. */
  values?: Record<string, unknown>;
  faults?: MetadataFaults;
  clashes?: readonly Clash[];
}

export function editCard({ edit, connection, appId, values, faults = {}, clashes = [] }: EditCard): Card {
  const count = Object.keys(faults).length;
  const value = (field: keyof AppMetadata): string => {
    const given = values?.[field] ?? edit.seen[field];
    return typeof given === 'string' ? given : '';
  };
  const field = (id: keyof AppMetadata, hint: string, more: { multiline?: boolean; required?: boolean } = {}) =>
    textField({ id, label: metadataLabels[id], hint, value: value(id), error: faults[id], ...more });
  return card(
    [
      header({
        title: `Edit ${edit.seen.displayName ?? 'the app'}`,
        where: `${connection.name} · ${appKindLabel(edit.graphType)}`,
      }),
      count === 0
        ? null
        : strip('attention', count === 1 ? 'One field needs a change' : `${count} fields need a change`),
      clashes.length === 0 ? null : strip('warning', 'Somebody else changed this meanwhile. Nothing was saved'),
      notes(clashes.map(clashSentence)),
      field('displayName', 'What people see in Company Portal.', { required: true }),
      field('description', 'What people read beside the name.', { multiline: true, required: true }),
      field('publisher', 'The company or team that makes the app.', { required: true }),
      field('developer', 'Who wrote it.'),
      field('owner', 'Who looks after it in your organisation.'),
      field('notes', 'For administrators only.', { multiline: true }),
      field('informationUrl', 'Where people read more about the app.'),
      field('privacyInformationUrl', 'Where people read about privacy.'),
      toggleField({
        id: 'isFeatured',
        label: metadataLabels.isFeatured,
        title: 'Show it as featured in Company Portal',
        on: values?.isFeatured === undefined ? edit.seen.isFeatured : String(values.isFeatured) === 'true',
      }),
    ],
    [
      execute(
        clashes.length === 0 ? 'Save' : 'Save mine',
        'app.save',
        { draft: edit.draftId },
        { style: 'positive', takesInputs: true },
      ),
      execute('Cancel', 'app.show', { connection: connection.id, app: appId }),
    ],
  );
}

function clashSentence({ field, theirs }: Clash): string {
  const said = theirs === null || theirs === '' ? 'nothing' : `“${String(theirs).slice(0, 200)}”`;
  return `${metadataLabels[field]} is now ${said}. Save again to put yours in its place.`;
}
