import { accessProblems } from './access.ts';
import { appProblems } from './apps.ts';
import { connectionProblems } from './connections.ts';
import { conversationProblems } from './conversation.ts';
import { entraProblems } from './entra.ts';
import { entraPeopleProblems } from './entra-people.ts';
import { graphProblems } from './graph.ts';
import { managedProblems } from './managed.ts';
import { networkProblems } from './network.ts';
import { packageProblems } from './packages.ts';
import { publishingProblems } from './publishing.ts';
import { signInProblems } from './sign-in.ts';
import { templateProblems } from './templates.ts';
import { uploadProblems } from './uploads.ts';

/** Every problem the product can explain. A section belongs to the part that raises it. */
export const catalogue = {
  ...accessProblems,
  ...appProblems,
  ...connectionProblems,
  ...conversationProblems,
  ...entraProblems,
  ...entraPeopleProblems,
  ...graphProblems,
  ...managedProblems,
  ...networkProblems,
  ...packageProblems,
  ...publishingProblems,
  ...signInProblems,
  ...templateProblems,
  ...uploadProblems,
};
