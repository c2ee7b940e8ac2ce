/** What other plugins may use. */
export { builtInFaces, type BuiltInFace } from './host/built-in-faces.js';
export { decodePhoto, type DecodeOptions } from './host/decode-photo.js';
export { listPhotos, type ListedPhoto } from './host/list-photos.js';
export { selectPhotos, type Selection } from './host/select-photos.js';
