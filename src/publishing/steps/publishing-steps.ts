import type { Step } from '../job-context.ts';
import type { StepName } from '../job-progress.ts';
import { activate } from './activate.ts';
import { assign } from './assign.ts';
import { awaitCommit } from './await-commit.ts';
import { awaitPublished } from './await-published.ts';
import { awaitUploadUri } from './await-upload-uri.ts';
import { commit } from './commit.ts';
import { createApp } from './create-app.ts';
import { createContentVersion } from './create-content-version.ts';
import { createFile } from './create-file.ts';
import { relate } from './relate.ts';
import { upload } from './upload.ts';

/** The whole protocol; a step's answer is the key of the next. */
export const publishingSteps: Readonly<Record<StepName, Step>> = {
  createApp,
  createContentVersion,
  createFile,
  awaitUploadUri,
  upload,
  commit,
  awaitCommit,
  activate,
  awaitPublished,
  relate,
  assign,
};
