/** Notices when nothing moves, and says where the packets are. */
import { FlowError } from '../errors/flow-error.js';
import type { Monitor } from './monitor.js';

export interface WatchdogOptions {
  readonly monitor: Monitor;
  /** Seconds without movement; 0 turns the watchdog off. */
  readonly seconds: number;
  /** True while the flow waits for nobody but its consumer: that is no stall. */
  readonly idle: () => boolean;
  readonly onStall: (error: FlowError) => void;
}

/**
 * Starts the watch; the answer ends it. Time is counted in ticks of this thread, so that a device step that blocks the
 * thread for a minute is one tick, not a minute of stall.
 */
export function watch(options: WatchdogOptions): () => void {
  const { monitor, seconds, idle, onStall } = options;
  if (seconds <= 0) return () => undefined;
  const tick = Math.min(1, seconds / 4);
  let seen = monitor.movement;
  let still = 0;
  // It also keeps the process alive when everything else waits for ever, so that the stall is told.
  const timer = setInterval(() => {
    if (monitor.movement !== seen || monitor.settingUp || idle()) {
      seen = monitor.movement;
      still = 0;
      return;
    }
    still += tick;
    if (still < seconds) return;
    clearInterval(timer);
    onStall(stalled(monitor, seconds));
  }, tick * 1000);
  return () => clearInterval(timer);
}

function stalled(monitor: Monitor, seconds: number): FlowError {
  const depths = [...monitor.stages].map(([name, counts]) => `${name} ${counts.inside} (${counts.ran + counts.cached} done)`);
  return new FlowError('FLOW_STALL', {
    message: `No packet moved for ${seconds} s.`,
    got: `packets inside each stage: ${depths.join(', ') || 'none'}`,
    cure: 'Look at the stage that holds the most: it waits for something that does not come, or needs a higher stall time.',
  });
}
