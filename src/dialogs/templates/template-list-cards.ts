import type { Card, CardElement } from '../../cards/card.ts';
import { pager } from '../../cards/pager.ts';
import { actions, card, container, execute, header, openBeside, strip, text } from '../../cards/pieces.ts';
import { plain, when } from '../../cards/text.ts';

/** A template of any kind in a list. */
export interface ListedTemplate {
  id: string;
  /** Beginning of its verbs. */
  kind: 'assignment' | 'appTemplate';
  name: string;
  /** `3 targets · Contoso production` */
  about: string;
  isSaved: boolean;
  isChanging: boolean;
  changedByName: string;
  changedAt: Date;
}

export interface TemplateListCard {
  list: readonly ListedTemplate[];
  page: number;
  now: Date;
  said?: string;
}

const pageSize = 6;

export function templateListCard({ list, page, now, said }: TemplateListCard): Card {
  const pages = Math.max(1, Math.ceil(list.length / pageSize));
  const current = Math.min(Math.max(page, 0), pages - 1);
  return card(
    [
      header({
        title: list.length === 0 ? 'No templates yet' : 'Templates',
        where: list.length < 2 ? undefined : `${list.length} in this place`,
      }),
      said === undefined ? null : strip('good', said),
      list.length === 0
        ? text(
            'An assignment template says who gets an app and how, an app template what it is called and how it installs. Make them once, then publish with them.',
          )
        : null,
      ...list.slice(current * pageSize, (current + 1) * pageSize).map((each) => listed(each, now)),
      ...pager({ verb: 'template.list', page: current, pages, back: 'Previous', forth: 'Next' }),
    ],
    [execute('New assignment template', 'assignment.new'), execute('New app template', 'appTemplate.new')],
  );
}

const kindNames = { assignment: 'Assignment template', appTemplate: 'App template' } as const;

function listed(template: ListedTemplate, now: Date): CardElement {
  const { id, kind, name, about, isSaved, isChanging } = template;
  return container(
    [
      text(name === '' ? 'Without a name' : name, { bold: true }),
      text(`${kindNames[kind]} · ${about}`, { small: true, subtle: true, spacing: 'None' }),
      text(
        `${isSaved ? (isChanging ? 'Somebody is changing it' : 'Changed') : 'Not saved yet'} · ${plain(template.changedByName)}, ${when(template.changedAt, now)}`,
        { small: true, subtle: true, markdown: true, spacing: 'None' },
      ),
      actions([
        isSaved ? openBeside('Open', `${kind}.show`, { template: id }) : null,
        execute(isSaved ? 'Edit' : 'Go on', `${kind}.edit`, { template: id }),
        isSaved ? execute('Copy', `${kind}.copy`, { template: id }) : null,
        execute('Delete', 'template.delete', { template: id }),
      ]),
    ],
    { separator: true },
  );
}

export interface DeleteTemplateCard {
  id: string;
  revision: number;
  kind: 'assignment' | 'appTemplate';
  name: string;
  /** What uses it, as sentences; empty where nothing does. */
  uses: readonly string[];
}

export function deleteTemplateCard({ id, revision, kind, name, uses }: DeleteTemplateCard): Card {
  return card(
    [
      header({ title: `Delete ${name === '' ? 'this draft' : name}?`, where: kindNames[kind] }),
      ...(uses.length === 0 ? [text('Nothing uses it at the moment.')] : uses.map((sentence) => text(sentence))),
      text('What was published and assigned with it stays as it is in Intune.', { subtle: true }),
    ],
    [
      execute('Delete', 'template.deleteNow', { template: id, revision }, { style: 'destructive' }),
      execute('Keep it', 'template.list', { page: 0 }),
    ],
  );
}
