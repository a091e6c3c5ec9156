import type { Card, CardAction, CardElement } from '../../cards/card.ts';
import { choiceField } from '../../cards/inputs.ts';
import { card, execute, footer, header, openUrl, strip, text } from '../../cards/pieces.ts';
import { plain } from '../../cards/text.ts';
import type { RecentPackage } from '../../publishing/recent-packages.ts';
import type { UploadWanted } from '../../publishing/upload-tickets.ts';

interface Picture {
  id: string;
  mimeType: string;
  width: number;
  height: number;
  base64: string;
}

/** A card may be 24 KB at most; a larger picture is described. */
const largestShown = 9_000;

function shown({ mimeType, width, height, base64 }: Picture): CardElement[] {
  const words = text(`${mimeType === 'image/png' ? 'PNG' : 'JPEG'}, ${width} × ${height} points`, {
    small: true,
    subtle: true,
  });
  if (base64.length > largestShown) return [words];
  return [{ type: 'Image', url: `data:${mimeType};base64,${base64}`, altText: 'The new icon', width: '64px' }, words];
}

export const packageTitle = ({ facts, fileName }: RecentPackage): string =>
  `${facts.displayName ?? fileName} ${facts.version ?? ''}`.trim().slice(0, 80);

export interface ChooseIconCard {
  /** `Contoso desktop apps` */
  name: string;
  where: string;
  /** Those that brought an icon. */
  packages: readonly RecentPackage[];
  current: Picture | null;
  /** Verbs begin with it: `.icon.take`, `.icon.upload`. */
  topic: 'app' | 'appTemplate';
  data: Record<string, unknown>;
  further: (CardAction | null)[];
  fault?: string | undefined;
}

export function chooseIconCard(view: ChooseIconCard): Card {
  const { name, where, packages, current, topic, data, further, fault } = view;
  return card(
    [
      header({ title: `Icon of ${name}`, where }),
      fault === undefined ? null : strip('attention', fault),
      ...(current === null ? [] : shown(current)),
      text(
        'PNG or JPEG of at most 500 KB; a larger one is made smaller. The bytes decide, whatever the file is called.',
        {
          subtle: true,
        },
      ),
      packages.length === 0
        ? text('No package that was read here lately brought an icon.', { subtle: true })
        : choiceField({
            id: 'from',
            label: 'From a package that was read here',
            value: packages[0]?.releaseId,
            choices: packages.map((each) => ({ title: packageTitle(each), value: each.releaseId })),
          }),
    ],
    [
      execute('Upload a picture', `${topic}.icon.upload`, data, packages.length === 0 ? { style: 'positive' } : {}),
      packages.length === 0
        ? null
        : execute('Take the package’s', `${topic}.icon.take`, data, { style: 'positive', takesInputs: true }),
      ...further,
    ],
  );
}

export function uploadIconCard({ name, url, back }: { name: string; url: string; back: CardAction }): Card {
  return card(
    [
      header({ title: `Icon of ${name}`, where: 'Your upload link' }),
      text('Choose the picture on the upload page. A card with it appears in this chat.'),
      text('The link is yours alone, opens once and lasts an hour. Nothing changes before you use the picture here.', {
        subtle: true,
      }),
    ],
    [openUrl('Open the upload page', url), back],
  );
}

/** A picture is here and waits for somebody to say yes. */
export function receivedIconCard({
  wanted,
  picture,
  by,
}: {
  wanted: UploadWanted;
  picture: Picture;
  by: string;
}): Card {
  const data = { picture: picture.id };
  const use =
    wanted.kind === 'templateIcon'
      ? execute('Use it', 'appTemplate.icon.use', { ...data, template: wanted.templateId }, { style: 'positive' })
      : execute(
          'Use it',
          'app.icon.use',
          { ...data, connection: wanted.connectionId, app: wanted.appId },
          { style: 'positive' },
        );
  const back =
    wanted.kind === 'templateIcon'
      ? execute('Show the template', 'appTemplate.show', { template: wanted.templateId })
      : execute('Show the app', 'app.show', { connection: wanted.connectionId, app: wanted.appId });
  return card(
    [
      header({ title: `New icon for ${wanted.name}`, where: 'Not used yet' }),
      ...shown(picture),
      footer(`Sent by ${plain(by)}`),
    ],
    [use, back],
  );
}
