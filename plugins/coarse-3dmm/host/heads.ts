/** The heads of the regressor: how the 257 coefficients are divided, and the unit of each output. */

/**
 * In the order of the 257-vector: 0.3 rad, 0.5 dm, 2 standard deviations and so on. With y = unit · (W f / √F + b) and features of
 * about one, a first step of Adam at a learning rate of 1e-3 moves angles by about 0.003 rad, translations by 0.006 dm and modes by 0.02
 * standard deviations at most, whatever the backbone.
 */
export const heads = [
  { name: 'identity', size: 80, unit: 2 },
  { name: 'expression', size: 64, unit: 2 },
  { name: 'albedo', size: 80, unit: 2 },
  { name: 'angles', size: 3, unit: 0.3 },
  { name: 'light', size: 27, unit: 0.3 },
  { name: 'translation-xy', size: 2, unit: 0.5 },
  { name: 'translation-z', size: 1, unit: 0.5 },
] as const;

/** [257] The unit of each coefficient. */
export const units: number[] = heads.flatMap(({ size, unit }) => new Array<number>(size).fill(unit));
