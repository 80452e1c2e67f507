/** Something the user has to mend; its message says what and how. */
export class SetupError extends Error {}
