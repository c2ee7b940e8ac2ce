import { tf, type Tensor } from '../../../framework/device/index.js';

const places = [1, 2, 3];

/**
 * With m = [mask > ½], r = [reference > ½] and weights w: iou = Σ w m r / Σ w max(m, r), recall = Σ w m r / Σ w r. One value per sample,
 * no unit; not a number where the reference is empty (iou: where both are), so that tables leave such samples out.
 *
 * All arguments are [B, S, S, 1]; pixels of weight 0 do not count, all have weight 1 where no weights are given.
 */
export function maskOverlap(mask: Tensor, reference: Tensor, weight?: Tensor): { readonly iou: Tensor; readonly recall: Tensor } {
  return tf.tidy(() => {
    const w = weight ?? tf.onesLike(reference);
    const [m, r] = [mask, reference].map((each) => tf.cast(tf.greater(each, 0.5), 'float32')) as [Tensor, Tensor];
    const sumOf = (each: Tensor): Tensor => tf.sum(tf.mul(w, each), places);
    const both = sumOf(tf.mul(m, r));
    return { iou: tf.div(both, sumOf(tf.maximum(m, r))), recall: tf.div(both, sumOf(r)) };
  });
}
