/**
 * The single import of TensorFlow.js. The union package registers every gradient and op; backends are added by the
 * engines. Everything that computes with tensors imports `tf` from here.
 */
import * as tf from '@tensorflow/tfjs';

export { tf };
export type Tensor = tf.Tensor;
export type Tensor4D = tf.Tensor4D;
export type Variable = tf.Variable;
