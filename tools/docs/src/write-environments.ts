import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { environmentIds } from '@understudy/envs';
import type { RenderFrame } from '@understudy/gym';
import { encodePng } from '@understudy/render';
import { type EnvironmentFacts, environmentFacts } from './environment-facts.ts';
import { environmentPicture } from './environment-picture.ts';
import { environmentsPage } from './environments-page.ts';

/** The repository's docs. */
export const docsFolder: string = fileURLToPath(new URL('../../../docs/', import.meta.url));

const pageName = 'environments.md';
/** The folder of the pictures, beside the page. */
const pictureFolder = 'environments';

/** What {@link writeEnvironmentsPage} wrote. */
export interface WrittenPage {
  ids: number;
  pictures: number;
  /** Size of all pictures together. */
  bytes: number;
}

/** Writes the page of environments, all by default, and their pictures; those that are no longer shown are removed. */
export async function writeEnvironmentsPage(folder = docsFolder, ids = environmentIds()): Promise<WrittenPage> {
  const { page, pictures } = await drawPage(ids);
  mkdirSync(join(folder, pictureFolder), { recursive: true });
  for (const name of strayPictures(folder, pictures)) rmSync(join(folder, pictureFolder, name));
  let bytes = 0;
  for (const [name, frame] of pictures) {
    const png = encodePng(frame);
    writeFileSync(join(folder, pictureFolder, name), png);
    bytes += png.length;
  }
  writeFileSync(join(folder, pageName), page);
  return { ids: ids.length, pictures: pictures.size, bytes };
}

/**
 * Holds the page against the code. Of the pictures only their presence counts: the same picture may be compressed
 * differently elsewhere.
 *
 * @returns one sentence a difference; none when all is up to date.
 */
export async function checkEnvironmentsPage(folder = docsFolder, ids = environmentIds()): Promise<string[]> {
  const { page, pictures } = await drawPage(ids);
  const advice = 'run node tools/docs/bin/write-environments.js';
  const file = join(folder, pageName);
  const complaints: string[] = [];
  if (!existsSync(file) || readFileSync(file, 'utf8') !== page)
    complaints.push(`${pageName} is out of date: ${advice}.`);
  for (const name of pictures.keys()) {
    if (!existsSync(join(folder, pictureFolder, name))) complaints.push(`The picture ${name} is missing: ${advice}.`);
  }
  for (const name of strayPictures(folder, pictures)) complaints.push(`The picture ${name} is not shown: ${advice}.`);
  return complaints;
}

/** The page, and its pictures by file name; environments that look alike share one. */
async function drawPage(ids: readonly string[]): Promise<{ page: string; pictures: Map<string, RenderFrame> }> {
  const facts: EnvironmentFacts[] = [];
  const pictures = new Map<string, RenderFrame>();
  const places = new Map<string, string>();
  for (const id of ids) {
    facts.push(await environmentFacts(id));
    const frame = await environmentPicture(id);
    if (frame === null) continue;
    const alike = [...pictures].find(([, { data }]) => Buffer.compare(data, frame.data) === 0);
    const name = alike?.[0] ?? `${id}.png`;
    if (!alike) pictures.set(name, frame);
    places.set(id, `${pictureFolder}/${name}`);
  }
  return { page: environmentsPage(facts, places), pictures };
}

function strayPictures(folder: string, pictures: ReadonlyMap<string, RenderFrame>): string[] {
  const place = join(folder, pictureFolder);
  return existsSync(place) ? readdirSync(place).filter((name) => !pictures.has(name)) : [];
}
