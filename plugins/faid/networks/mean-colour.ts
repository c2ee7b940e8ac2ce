/** Mean colour of the faces that face-api's networks were trained on, of 255 (red, green, blue). */
export const meanColour = [122.782, 117.001, 104.298].map((value) => value / 255);
