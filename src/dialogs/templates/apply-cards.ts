import type { Card } from '../../cards/card.ts';
import { choiceField } from '../../cards/inputs.ts';
import { card, execute, header, notes, strip, text } from '../../cards/pieces.ts';
import type { ChangeOfApp } from '../../templates/planned-assignment.ts';
import { comparison } from './assignment-comparison.ts';

export interface ApplyTarget {
  connection: string;
  app: string;
}

export interface ChooseTemplateCard {
  target: ApplyTarget;
  appName: string;
  where: string;
  choices: readonly { id: string; name: string }[];
  values: { assignmentTemplateId?: string | undefined; mode?: string | undefined };
  fault?: string | undefined;
}

export function chooseTemplateCard({ target, appName, where, choices, values, fault }: ChooseTemplateCard): Card {
  if (choices.length === 0)
    return card(
      [
        header({ title: `Assign ${appName}`, where }),
        text('There is no assignment template for this tenant yet. Make one, then come back.'),
      ],
      [
        execute('New assignment template', 'assignment.new', { connection: target.connection }),
        execute('Back', 'app.show', { ...target }),
      ],
    );
  return card(
    [
      header({ title: `Assign ${appName}`, where }),
      fault === undefined ? null : strip('attention', fault),
      choiceField({
        id: 'assignmentTemplateId',
        label: 'Assignment template',
        value: values.assignmentTemplateId ?? choices[0]?.id,
        choices: choices.slice(0, 60).map(({ id, name }) => ({ title: name, value: id })),
      }),
      choiceField({
        id: 'mode',
        label: 'What others assigned',
        value: values.mode ?? 'add',
        expanded: true,
        choices: [
          { title: 'Stays', value: 'add' },
          { title: 'Is taken away: the app goes to those of the template and nobody else', value: 'replace' },
        ],
      }),
    ],
    [
      execute('Show the difference', 'template.applyPlan', { ...target }, { style: 'positive', takesInputs: true }),
      execute('Back', 'app.show', { ...target }),
    ],
  );
}

export interface DifferenceCard {
  target: ApplyTarget;
  appName: string;
  where: string;
  templateId: string;
  templateName: string;
  mode: 'add' | 'replace';
  change: ChangeOfApp;
  leftOut: readonly string[];
  /** Somebody was faster, and this is the new difference. */
  isNewer: boolean;
}

export function differenceCard(view: DifferenceCard): Card {
  const { target, appName, where, templateId, templateName, mode, change, leftOut, isNewer } = view;
  const changes = change.added.length + change.changed.length + change.removed.length;
  const data = { ...target, assignmentTemplateId: templateId, mode };
  return card(
    [
      header({ title: `${templateName} for ${appName}`, where }),
      isNewer ? strip('warning', 'Somebody changed the assignments meanwhile. This is the new difference') : null,
      change.removed.length > 0
        ? strip('attention', `${change.removed.length} assignments of others are taken away`)
        : null,
      comparison(appName, change),
      notes(leftOut),
    ],
    [
      changes === 0
        ? null
        : execute(
            'Assign',
            'template.applyNow',
            { ...data, shown: change.trace },
            { style: change.removed.length > 0 ? 'destructive' : 'positive' },
          ),
      execute('Choose another', 'template.apply', { ...target }),
      execute('Back', 'app.show', { ...target }),
    ],
  );
}
