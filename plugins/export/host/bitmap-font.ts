/**
 * Letters of 5 × 7 pixels and two more below the line, drawn here so that labels look the same on every machine: text in SVG needs fonts that a bare container
 * does not have. A glyph is seven to nine rows, each a number from 0 to 31 as one character 0–9a–v; its highest bit is the left pixel.
 */
import type { Picture } from './picture.js';

const letters: Readonly<Record<string, string>> = {
  A: 'ehhvhhh', B: 'uhhuhhu', C: 'ehggghe', D: 'uhhhhhu', E: 'vgguggv', F: 'vgguggg', G: 'ehgnhhf', H: 'hhhvhhh', I: 'e44444e',
  J: '72222ic', K: 'hikokih', L: 'ggggggv', M: 'hrllhhh', N: 'hpljhhh', O: 'ehhhhhe', P: 'uhhuggg', Q: 'ehhhlid', R: 'uhhukih',
  S: 'fgge11u', T: 'v444444', U: 'hhhhhhe', V: 'hhhhha4', W: 'hhhllla', X: 'hha4ahh', Y: 'hhha444', Z: 'v1248gv',
  a: '00e1fhf', b: 'gguhhhu', c: '00egghe', d: '11fhhhf', e: '00ehvge', f: '698s888', g: '00fhhhf1e', h: 'gguhhhh', i: '40c444e',
  j: '2062222ic', k: 'ggikoki', l: 'c44444e', m: '00qllhh', n: '00mphhh', o: '00ehhhe', p: '00uhhhugg', q: '00fhhhf11', r: '00mpggg',
  s: '00fge1u', t: '88s8896', u: '00hhhjd', v: '00hhha4', w: '00hhlla', x: '00ha4ah', y: '00hhhhf1e', z: '00v248v',
};
const others: Readonly<Record<string, string>> = {
  0: 'ehjlphe', 1: '4c4444e', 2: 'eh1248v', 3: 'v2421he', 4: '26aiv22', 5: 'vgu11he', 6: '68guhhe', 7: 'v124888', 8: 'ehhehhe', 9: 'ehhf12c',
  ' ': '0000000', '.': '00000cc', ',': '00000c48', ':': '0cc0cc0', '-': '000v000', '−': '000v000', _: '000000v', '/': '11248gg',
  '+': '044v440', '=': '00v0v00', '(': '2488842', ')': '8422248', '%': 'op248j3', '#': 'aavavaa', "'": '4480000', '!': '4444404',
  '?': 'eh12404', '*': '04lel40', '°': 'ciic000', '<': '248g842', '>': '8421248', '|': '4444444', '~': '008l200',
};
const unknown = 'vhhhhhv';

/** Height of a line of text at scale 1, px. */
export const letterHeight = 9;
const letterWidth = 5;
const advance = letterWidth + 1;

/** Number of characters that fit into a width at a scale. */
export function charactersIn(width: number, scale = 1): number {
  return Math.max(0, Math.floor((width / scale + 1) / advance));
}

/** Draws text into a picture, cut off at its borders. Characters without a glyph become a box. */
export function drawText(picture: Picture, text: string, left: number, top: number, colour = 0, scale = 1): void {
  [...text].forEach((character, index) => {
    const glyph = letters[character] ?? others[character] ?? unknown;
    for (let y = 0; y < letterHeight * scale; y++) {
      const bits = parseInt(glyph[Math.floor(y / scale)] ?? '0', 32);
      for (let x = 0; x < letterWidth * scale; x++) {
        if (((bits >> (letterWidth - 1 - Math.floor(x / scale))) & 1) === 0) continue;
        const column = left + index * advance * scale + x;
        const row = top + y;
        if (column < 0 || row < 0 || column >= picture.width || row >= picture.height) continue;
        picture.data.fill(colour, (row * picture.width + column) * 3, (row * picture.width + column) * 3 + 3);
      }
    }
  });
}
