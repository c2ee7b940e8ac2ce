/** What other plugins may import: pictures as flat arrays, and how to read them between their pixels. */
export { sampleInto, shrunk, type Picture } from './host/sample.js';
