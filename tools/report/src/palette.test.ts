import { expect, test } from 'vitest';
import { cloneColour, darkColour, expertColour, ink, lineColours, muted, paper, randomColour } from './palette.ts';

test('text is readable on the page in both schemes (WCAG AA: 4.5 to 1)', () => {
  for (const colour of [ink, muted, expertColour, cloneColour, randomColour]) {
    expect(contrast(colour, paper)).toBeGreaterThan(4.5);
    expect(contrast(darkColour(colour), darkColour(paper))).toBeGreaterThan(4.5);
  }
});

test('lines stand out from the page in both schemes (WCAG AA: 3 to 1)', () => {
  for (const colour of lineColours) {
    expect(contrast(colour, paper)).toBeGreaterThan(3);
    expect(contrast(darkColour(colour), darkColour(paper))).toBeGreaterThan(3);
  }
});

function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
