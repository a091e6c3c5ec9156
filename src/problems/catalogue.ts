import { connectionProblems } from './connections.ts';
import { conversationProblems } from './conversation.ts';
import { entraProblems } from './entra.ts';
import { graphProblems } from './graph.ts';
import { networkProblems } from './network.ts';
import { packageProblems } from './packages.ts';
import { publishingProblems } from './publishing.ts';
import { uploadProblems } from './uploads.ts';

/** Every problem the product can explain. A section belongs to the part that raises it. */
export const catalogue = {
  ...connectionProblems,
  ...conversationProblems,
  ...entraProblems,
  ...graphProblems,
  ...networkProblems,
  ...packageProblems,
  ...publishingProblems,
  ...uploadProblems,
};
