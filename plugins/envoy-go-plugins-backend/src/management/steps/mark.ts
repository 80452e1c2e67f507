import type { ManagementStepRun } from './ManagementStepContext';

/** Marks what was built of it as that of a plugin that left; nothing is deleted. */
export const mark: ManagementStepRun = async ({
  operation,
  notes,
  markUnpublished,
  now,
  log,
}) => {
  await markUnpublished({
    at: now.toISOString(),
    movedTo: notes.movedTo ?? operation.repository,
  });
  await log(
    'What was built of it is marked; who names an image by its digest still gets it',
  );
};
