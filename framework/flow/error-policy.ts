/**
 * What becomes of a sample that a stage refuses. Decisions are taken in the order of the samples, so that they do not
 * depend on which worker was quicker.
 */
import { FlowError } from '../errors/flow-error.js';
import type { PlannedStage } from '../pipeline/plan.js';
import { errorFromRecord, type ErrorRecord } from './envelope.js';
import { tombstoneOf, type Ticket, type Tombstone } from './packet.js';
import type { Quarantine } from './quarantine.js';

export interface Refused {
  readonly error: ErrorRecord;
  readonly attempt: number;
}

/** How often a stage's function is tried on one sample. */
export function attemptsOf(stage: PlannedStage): number {
  return stage.onError.policy === 'retry' ? Math.max(1, stage.onError.attempts) : 1;
}

/** The policy of one stage in one stream, with its counts. */
export class PolicyGate {
  readonly #stage: PlannedStage;
  readonly #quarantine: Quarantine;
  #seen = 0;
  #refused = 0;

  constructor(stage: PlannedStage, quarantine: Quarantine) {
    this.#stage = stage;
    this.#quarantine = quarantine;
  }

  accept(): void {
    this.#seen++;
    this.#checkRate();
  }

  /** The tombstone of a refused sample; throws when the policy is `fail` or too many were refused. */
  refuse(ticket: Ticket, { error, attempt }: Refused): Tombstone {
    const { name, onError, place } = this.#stage;
    this.#seen++;
    this.#refused++;
    if (onError.policy === 'fail' || error.code === 'FLOW_DISK') {
      const { where = place } = error.fields;
      throw errorFromRecord({ ...error, fields: { ...error.fields, where } }, { who: name, keys: [ticket.key] });
    }
    const { code, message, fields: { reason } } = error;
    if (onError.policy !== 'skip') this.#quarantine.add({ key: ticket.key, stage: name, attempt, code, reason, message });
    this.#checkRate(error);
    return tombstoneOf(ticket, { stage: name, code, reason, message });
  }

  #checkRate(last?: ErrorRecord): void {
    const { maxRate, minCount } = this.#stage.onError;
    if (this.#seen < minCount || this.#refused <= maxRate * this.#seen) return;
    throw new FlowError('FLOW_REFUSED_RATE', {
      who: this.#stage.name, where: this.#stage.place,
      message: `${this.#refused} of ${this.#seen} samples were refused${last ? `, the last because: ${last.message}` : ''}.`,
      expected: `at most ${(100 * maxRate).toFixed(1)} % from ${minCount} samples on`,
      cure: 'Look at quarantine.jsonl; raise onError.maxRate if so many bad samples are expected.',
    });
  }
}
