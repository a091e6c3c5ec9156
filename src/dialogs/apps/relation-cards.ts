import type { RelationKind, RelationPlan } from '../../apps/app-relations.ts';
import type { AppView } from '../../apps/apps.ts';
import type { Card } from '../../cards/card.ts';
import { choiceField, textField } from '../../cards/inputs.ts';
import { actions, card, container, execute, header, strip, text } from '../../cards/pieces.ts';
import type { StoredConnection } from '../../connections/connection.ts';
import type { AppRow } from '../../graph/intune-app.ts';
import { appHeader, relationSentence } from './app-card.ts';

const kindTitles: Record<Exclude<RelationKind, 'none'>, string> = {
  update: 'Supersedes it: the other is updated to this one',
  replace: 'Supersedes it: the other is uninstalled first',
  autoInstall: 'Depends on it: the other is installed with it',
  detect: 'Depends on it: the other must be there',
};

export interface RelationsCard {
  view: AppView;
  /** Win32 apps can be related, others not. */
  canRelate: boolean;
  values?: { words?: string; how?: string };
  candidates?: readonly AppRow[];
  fault?: string;
}

const mostShown = 8;

export function relationsCard({ view, canRelate, values = {}, candidates = [], fault }: RelationsCard): Card {
  const target = { connection: view.connection.id, app: view.app.id };
  const relations = view.relations ?? [];
  return card(
    [
      appHeader(view),
      fault === undefined ? null : strip('attention', fault),
      relations.length === 0 ? text('It is related to no other app.') : null,
      ...relations
        .slice(0, mostShown)
        .map((relation) =>
          container(
            [
              text(relationSentence(relation)),
              relation.isInbound || !canRelate
                ? null
                : actions([execute('Remove…', 'app.relation.remove', { ...target, other: relation.targetId })]),
            ],
            { separator: true },
          ),
        ),
      ...(canRelate
        ? [
            candidates.length === 0
              ? textField({
                  id: 'words',
                  label: 'Another app',
                  hint: 'A part of its name. Only Win32 apps can be related.',
                  maxLength: 120,
                  value: values.words,
                })
              : choiceField({
                  id: 'other',
                  label: 'Which app?',
                  required: true,
                  expanded: true,
                  choices: candidates.map(({ id, displayName, publisher }) => ({
                    title: publisher ? `${displayName} (${publisher})` : displayName,
                    value: id,
                  })),
                }),
            choiceField({
              id: 'how',
              label: 'How this app is related to it',
              value: values.how ?? 'update',
              choices: Object.entries(kindTitles).map(([value, title]) => ({ title, value })),
            }),
          ]
        : [text('Intune relates Win32 apps only, so nothing can be added here.', { subtle: true })]),
    ],
    [
      canRelate
        ? execute('Show what changes', 'app.relation.plan', target, { style: 'positive', takesInputs: true })
        : null,
      candidates.length === 0 ? null : execute('Search again', 'app.relations', { ...target, ...values }),
      execute('Back', 'app.show', target),
    ],
  );
}

const sentences: Record<RelationKind, (own: string, other: string) => string> = {
  update: (own, other) => `${own} supersedes ${other}. Where ${other} is installed it is updated.`,
  replace: (own, other) => `${own} supersedes ${other}. Where ${other} is installed it is uninstalled first.`,
  autoInstall: (own, other) => `${own} depends on ${other}, which is installed with it.`,
  detect: (own, other) => `${own} depends on ${other}. Where that is missing, ${own} is not installed.`,
  none: (own, other) => `${own} and ${other} are no longer related.`,
};

export const relationChange = ({ app, wanted }: RelationPlan): string =>
  sentences[wanted.how](app.metadata.displayName ?? 'This app', wanted.otherName);

export function relationPlanCard(plan: RelationPlan, connection: StoredConnection, isNew = false): Card {
  const { app, before, kept, wanted } = plan;
  const target = { connection: connection.id, app: app.id };
  return card(
    [
      header({ title: app.metadata.displayName ?? 'The app', where: connection.name }),
      isNew ? strip('warning', 'Somebody changed the relations meanwhile. Look again') : null,
      container([
        text('What will change', { bold: true }),
        before === null ? null : text(`Until now: ${relationSentence(before)}`, { spacing: 'Small' }),
        text(relationChange(plan), { spacing: 'Small' }),
      ]),
      kept === 0
        ? null
        : text(kept === 1 ? 'One other relation stays.' : `${kept} other relations stay.`, { subtle: true }),
    ],
    [
      execute(
        wanted.how === 'none' ? 'Remove' : 'Save',
        'app.relation.save',
        { draft: plan.draftId },
        { style: wanted.how === 'none' ? 'destructive' : 'positive' },
      ),
      execute('Back', 'app.relations', target),
    ],
  );
}
