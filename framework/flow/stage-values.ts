/** Outputs of one stage for one sample, or its inputs, by port. */
export type StageValues = Readonly<Record<string, unknown>>;
