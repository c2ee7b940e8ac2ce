/**
 * What travels on a stream edge: one sample, or the tombstone of a sample that a stage refused. A tombstone keeps its
 * place in the order, so that joins and counts downstream do not wait for a sample that will not come.
 *
 * Values are host values only; a `tf.Tensor` never crosses a stream edge.
 */
import type { PortReference } from '../pipeline/plan.js';

/** Where a sample stands: the n-th ticket of the run's sequence. */
export interface Ticket {
  /** Global sequence number: epoch · length + position in the epoch. Counts refused samples too. */
  readonly position: number;
  readonly epoch: number;
  /** Stable name of the sample. Unique within an epoch. */
  readonly key: string;
}

export type PacketValues = Readonly<Record<PortReference, unknown>>;

export interface Sample extends Ticket {
  readonly values: PacketValues;
}

export interface Refusal {
  readonly stage: string;
  readonly code: string;
  /** The kind of fault within the code. */
  readonly reason?: string;
  readonly message: string;
}

export interface Tombstone extends Ticket {
  readonly refused: Refusal;
}

export type Packet = Sample | Tombstone;

/** Whether the packet is the tombstone of a refused sample. */
export function isRefused(packet: Packet): packet is Tombstone {
  return 'refused' in packet;
}

/** The packet of a sample with its values. */
export function sampleOf(ticket: Ticket, values: PacketValues): Sample {
  return { position: ticket.position, epoch: ticket.epoch, key: ticket.key, values };
}

/** The packet that stands for a refused sample, so that joins do not wait for it. */
export function tombstoneOf(ticket: Ticket, refused: Refusal): Tombstone {
  return { position: ticket.position, epoch: ticket.epoch, key: ticket.key, refused };
}
