/**
 * The colours of every drawing, as `light: dark` pairs. Drawings carry the light colour in plain attributes, so that any
 * viewer shows them; {@link darkRules} then swaps each for its partner where the reader prefers dark.
 */
export const paper = '#fcfcfa';
export const ink = '#1c2127';
export const muted = '#5b636e';
export const hairline = '#dfded8';
export const expertColour = '#2858d4';
export const cloneColour = '#c3430d';
export const randomColour = '#696f7c';
export const torsoColour = '#2b3a55';

/** Colours of limbs, thigh to foot. */
export const limbColours: readonly (readonly string[])[] = [
  ['#0d6e66', '#15907f', '#2bb59d'],
  ['#b8430d', '#dd6325', '#f08b4c'],
  ['#5b3ba8', '#7b57cc', '#a184e6'],
  ['#9c6b00', '#c08a14', '#dcaa3c'],
  ['#a3265c', '#c94a80', '#e37aa6'],
  ['#1f5fa8', '#3f83cf', '#6fa9e8'],
];

/** Colours of lines in a chart with no roles. */
export const lineColours = ['#2858d4', '#c3430d', '#0d7d72', '#7b57cc', '#9c6b00', '#c94a80'];

const darkPartners: Readonly<Record<string, string>> = {
  [paper]: '#14171c',
  [ink]: '#e9ebee',
  [muted]: '#a0a8b4',
  [hairline]: '#2d323a',
  [expertColour]: '#8aabff',
  [cloneColour]: '#ff9765',
  [randomColour]: '#9aa2ae',
  [torsoColour]: '#c3cfe6',
  '#0d6e66': '#1a8f83',
  '#15907f': '#2bb09c',
  '#2bb59d': '#5fd6bf',
  '#b8430d': '#d95f26',
  '#dd6325': '#f3844a',
  '#f08b4c': '#ffae7d',
  '#5b3ba8': '#8464d6',
  '#7b57cc': '#a386ec',
  '#a184e6': '#c3aefa',
  '#9c6b00': '#c4901c',
  '#c08a14': '#dcab3d',
  '#dcaa3c': '#f2ca70',
  '#a3265c': '#cf4f86',
  '#c94a80': '#ea76a6',
  '#e37aa6': '#f7a5c5',
  '#1f5fa8': '#4a8fdd',
  '#3f83cf': '#70aceb',
  '#6fa9e8': '#a0ccf8',
  '#0d7d72': '#35c2b0',
};

/** The dark partner of a light colour; a colour without one is itself. */
export function darkColour(light: string): string {
  return darkPartners[light] ?? light;
}

/** CSS rules, for inside a media query, that swap the colours of all drawings under `scope`. */
export function darkRules(scope = ''): string {
  return Object.entries(darkPartners)
    .map(([light, dark]) => `${scope}[fill="${light}"]{fill:${dark}}${scope}[stroke="${light}"]{stroke:${dark}}`)
    .join('\n');
}

/** The colour of a policy or run, by its name; others take turns through {@link lineColours}. */
export function roleColour(name: string, index = 0): string {
  const known: Record<string, string> = { expert: expertColour, clone: cloneColour, random: randomColour };
  return Object.hasOwn(known, name) ? known[name] : lineColours[index % lineColours.length];
}
