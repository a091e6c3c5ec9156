import type { ProblemEntry } from './problem.ts';

export const connectionProblems = {
  vaultKeyMissing: {
    title: 'A stored secret cannot be opened',
    what: 'The key it was encrypted with is not configured any more.',
    who: 'operator',
    remedy: 'Add the key to QM_VAULT_KEYS again, behind the current one.',
  },
  vaultRowDamaged: {
    title: 'A stored secret is damaged',
    what: 'It was changed outside this bot, or its key was replaced by another one under the same name.',
    who: 'operator',
    remedy: 'Restore the database and QM_VAULT_KEYS together, or enter the secret of the connection again.',
    fix: 'editConnection',
  },
  vaultRowMissing: {
    title: 'A stored secret is gone',
    what: 'There is no stored secret where one was expected.',
    who: 'you',
    remedy: 'Update the connection and enter its secret again.',
    fix: 'editConnection',
  },
  connectionNotFound: {
    title: 'No such connection',
    what: 'There is no connection of this name here.',
    who: 'you',
    remedy: 'Say connections to see those of this place.',
  },
  connectionDisabled: {
    title: 'The connection is switched off',
    what: 'Somebody disabled this connection.',
    who: 'you',
    remedy: 'Enable it again, or choose another one.',
  },
  connectionChanged: {
    title: 'The connection was changed',
    what: 'Meanwhile somebody pointed this connection to another tenant or app.',
    who: 'you',
    remedy: 'Look at the connection and start again.',
  },
  connectionNameTaken: {
    title: 'The name is taken',
    what: 'Another connection of this place already has this name.',
    who: 'you',
    remedy: 'Choose another name.',
    fix: 'editConnection',
  },
  cloudUnknown: {
    title: 'The cloud is not known',
    what: 'This connection uses a cloud that is not configured any more.',
    who: 'operator',
    remedy: 'Configure the custom cloud again, or let somebody choose another cloud for the connection.',
    fix: 'editConnection',
  },
  credentialUnsupported: {
    title: 'This credential cannot be used',
    what: 'This version knows client secrets only.',
    who: 'you',
    remedy: 'Update the connection and enter a client secret.',
    fix: 'editConnection',
  },
} as const satisfies Record<string, ProblemEntry>;
