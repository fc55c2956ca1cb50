import { parseHTML } from 'linkedom';
import { expect, test } from 'vitest';
import { drawFilmStrip } from './body-strip.ts';
import { drawFootfalls } from './footfalls.ts';
import type { EpisodeTrace } from './input.ts';
import { drawStride } from './stride-picture.ts';
import { cheetahTrace } from './testing/cheetah.ts';

const texts = (svg: string) => [...parseHTML(svg).document.querySelectorAll('text')].map((text) => text.textContent);

/** A ball that rolls along x at a metre a frame and bounces every other frame. */
function rollingBall(frames: number): EpisodeTrace {
  const geoms: EpisodeTrace['geoms'] = [
    { name: 'floor', type: 'plane', size: [9, 9, 9], body: 'world' },
    { name: 'ball', type: 'sphere', size: [0.5], body: 'ball' },
  ];
  const identity = [1, 0, 0, 0, 1, 0, 0, 0, 1];
  return {
    dt: 0.5,
    geoms,
    frames: Array.from({ length: frames }, (_, i) => ({
      time: i * 0.5,
      reward: 1,
      geomPositions: [0, 0, 0, i, 0, 0.5 + (i % 2)],
      geomRotations: [...identity, ...identity],
      xVelocity: 1,
    })),
  };
}

test('each picture of the strip tells its time, place and speed', () => {
  const strip = drawFilmStrip(rollingBall(21), 3)!;
  expect(texts(strip.svg.source)).toEqual([
    '0.0 s',
    'x = 0.0 m  1.0 m/s',
    '5.0 s',
    'x = 10.0 m  1.0 m/s',
    '10.0 s',
    'x = 20.0 m  1.0 m/s',
  ]);
});

test('the strip follows the body: it is in the middle of every panel and stands on the ground line', () => {
  const { document } = parseHTML(drawFilmStrip(rollingBall(21), 3)!.svg.source);
  const panels = [...document.querySelectorAll('svg > g')];
  for (const [index, panel] of panels.entries()) {
    const balls = panel.querySelectorAll('circle');
    const ball = balls[balls.length - 1];
    const number = (name: string) => Number(ball.getAttribute(name));
    expect(number('cx')).toBeCloseTo(124 + 264 * index, 1);
    expect(number('cy') + number('r')).toBeCloseTo(Number(panel.querySelector('line')!.getAttribute('y1')), 1);
  }
});

test('a chronophotograph keeps true distances', () => {
  const stride = drawStride(rollingBall(40))!;
  const { document } = parseHTML(stride.svg.source);
  const whole = [...document.querySelectorAll('svg > g:not([opacity])')].map((body) => {
    const circles = body.querySelectorAll('circle');
    return circles[circles.length - 1];
  });
  const xs = whole.map((circle) => Number(circle.getAttribute('cx')));
  const radius = Number(whole[0].getAttribute('r'));
  expect(xs.length).toBeGreaterThan(2);
  const steps = xs.slice(1).map((x, i) => (x - xs[i]) / (2 * radius));
  for (const step of steps) expect(step).toBeCloseTo(2, 2);
});

test('a body that stays where it is has no chronophotograph but a film strip', () => {
  const ball = rollingBall(20);
  const still = { ...ball, frames: ball.frames.map((frame) => ({ ...frame, geomPositions: [0, 0, 0, 0, 0, 0.5] })) };
  expect(drawStride(still)).toBeUndefined();
  expect(drawFilmStrip(still)).toBeDefined();
});

test('a body that crawls has no chronophotograph', () => {
  expect(drawStride({ ...rollingBall(40), dt: 10 })).toBeUndefined();
});

test('the cheetah is eight capsules in every picture', () => {
  const { document } = parseHTML(drawFilmStrip(cheetahTrace(40), 12)!.svg.source);
  expect(document.querySelectorAll('line[stroke-linecap="round"]').length).toBe(12 * 8 * 2);
});

test('footfalls tell the share of time on the ground', () => {
  expect(drawFootfalls(rollingBall(40))!.description).toBe('Share of the time on the ground: ball 50.0 %.');
});
