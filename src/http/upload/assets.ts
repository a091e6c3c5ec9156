import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

export interface Asset {
  path: string;
  type: string;
  bytes: Buffer;
}

const beside = (name: string) => readFileSync(new URL(`./browser/${name}`, import.meta.url));

/** Everything the pages load: all of it is ours or installed with us, nothing comes from elsewhere. */
export function readAssets(): Asset[] {
  const tusClient = createRequire(import.meta.url).resolve('tus-js-client/dist/tus.min.js');
  return [
    { path: '/upload/page.css', type: 'text/css; charset=utf-8', bytes: beside('page.css') },
    { path: '/upload/page.js', type: 'text/javascript; charset=utf-8', bytes: beside('page.js') },
    { path: '/upload/tus.js', type: 'text/javascript; charset=utf-8', bytes: readFileSync(tusClient) },
  ];
}
