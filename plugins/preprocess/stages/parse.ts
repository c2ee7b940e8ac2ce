import { implementDevice } from '../../../framework/index.js';
import { makeFaceParser } from '../networks/face-parser.js';
import { parse } from '../plugin.js';

export const stage = implementDevice(parse, {
  build: ({ options, variable }) => {
    const run = makeFaceParser(options.widths, variable);
    return {
      run: ({ image }) => {
        const logits = run(image);
        return { logits, mask: logits.sigmoid() };
      },
    };
  },
});
