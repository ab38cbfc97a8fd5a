/** `--groups`: errors told by attributes of pictures or people, and how they read. */
import type { Command } from 'commander';
import { type Attribute, attributesOf, parseAttributes } from '../evaluation/attributes.js';
import type { GroupRates } from '../evaluation/groups.js';
import type { EmbeddedFace } from '../face/comparer.js';
import { measuredAttributes } from './embedFiles.js';
import { readNamed } from './input.js';
import { alignTable, formatCosine, formatCount, formatRate } from './text.js';

/** The word that asks for what can be measured of the faces, in place of a file. */
const MEASURED = 'measured';

/** Rates of groups at one threshold, as documents have them. */
export interface GroupsDocument {
  readonly threshold: number;
  readonly rates: readonly GroupRates[];
}

/** A picture as attributes look it up. */
export interface Picture {
  /** Its path below the images' folder. */
  readonly image: string;
  /** The name of its folder there. */
  readonly person: string;
  /** Absent where none was found. */
  readonly face: EmbeddedFace | undefined;
}

const LAYOUT = `
--groups takes a CSV file: its first column is "image" (a path below DIR) or "person" (a folder of DIR), each other one
an attribute with a name of its own: age, sex, skin tone, camera, whatever you know and may use. Numbers of more than 12
values are cut into quarters. A pair counts in a group where both its pictures are in it. "--groups measured" takes what
can be measured instead: sharpness, and with --detect size, turn and quality of the faces.`;

/** `--groups FILE`. */
export function addGroupsOption(command: Command): void {
  command
    .option('--groups <file>', 'tell errors by attributes: a CSV file of pictures or people, or "measured"')
    .addHelpText('after', LAYOUT);
}

/** The attributes that an option asks for. Throws what reading the file throws, and as `attributesOf` does. */
export async function readAttributes(groups: string, pictures: readonly Picture[]): Promise<Attribute[]> {
  if (groups === MEASURED) return measuredAttributes(pictures.map(({ face }) => face));
  const bytes = await readNamed(groups, 'a CSV file of attributes is needed, or the word "measured"');
  return attributesOf(parseAttributes(new TextDecoder().decode(bytes), groups), pictures, groups);
}

/** Rates of groups as a table. */
export function explainGroups({ threshold, rates }: GroupsDocument): string {
  const share = (
    value: number,
    [low, high]: readonly [number, number],
    pairs: number,
    format: (share: number) => string,
  ) => (pairs === 0 ? '–' : `${format(value)} (${format(low)} to ${format(high)})`);
  const rows = rates.map((group) => [
    `${group.attribute}: ${group.group}`,
    formatCount(group.samePairs),
    share(group.trueAcceptRate, group.trueAcceptInterval, group.samePairs, (value) => value.toFixed(3)),
    formatCount(group.differentPairs),
    share(group.falseAcceptRate, group.falseAcceptInterval, group.differentPairs, formatRate),
  ]);
  const head = ['', 'same', 'TAR', 'different', 'FAR'];
  return `By group, at the threshold ${formatCosine(threshold)}; in brackets 95 % intervals:\n${alignTable([head, ...rows])}`;
}
