import type { Random } from '../../../../framework/index.js';
import type { HandPose } from './pose-hand.js';

/** Anything from a stretched to a closed hand, its fingers bent more or less alike; in four of ten one or two fingers stick out. */
export function drawPose(random: Random): HandPose {
  const common = random.uniform() < 0.35 ? random.between(-0.05, 0.15) : random.between(0, 1);
  const pointing = random.uniform() < 0.4 ? 2 + random.integer(2) : 0;
  const curl = [1, 2, 3, 4, 5].map((finger) => {
    if (finger === 1) return random.between(-0.2, 0.7);
    if (finger <= pointing) return random.between(0, 0.2);
    if (finger === 2) return common + 0.1 * random.normal();
    return Math.max(-0.1, Math.min(1.05, common + 0.1 * random.normal() + (pointing > 0 ? 0.3 : 0)));
  });
  return {
    curl, spread: random.between(-0.02, 0.2) * Math.max(0.1, 1 - common),
    wrist: [random.between(-0.6, 0.8), random.between(-0.35, 0.35)], opposition: random.between(-0.4, 0.7),
  };
}
