/** Ctrl-C in two steps: the first asks the run to finish what it is at and to save, the second ends the process. */
export interface Interrupts {
  interrupted(): boolean;
  release(): void;
}

const signals = ['SIGINT', 'SIGTERM'] as const;

/** `notice` gets a line for people at the first signal. */
export function watchInterrupts(notice: (line: string) => void): Interrupts {
  let count = 0;
  const onSignal = (): void => {
    count++;
    if (count > 1) process.exit(130);
    notice('Interrupted: this step is finished and saved. Once more to stop at once.');
  };
  for (const signal of signals) process.on(signal, onSignal);
  return {
    interrupted: () => count > 0,
    release: () => signals.forEach((signal) => process.off(signal, onSignal)),
  };
}
