/** A folder with a folder of pictures for each person, and calibration on all pairs of them. */
import { InputError } from '../errors.js';
import { calibratePeople, checkPeople, type PeopleCalibration } from '../evaluation/calibratePeople.js';
import { expandImages } from '../files/images.js';
import { embedFiles } from './embedFiles.js';
import { readAttributes } from './groups.js';
import { cropOptions, imageFile, loadVerifier } from './models.js';
import type { FaceOptions } from './options.js';
import { Progress } from './progress.js';

/** What calibrating on people takes from the command line. */
export interface PeopleOptions extends FaceOptions {
  readonly images: string;
  readonly far: readonly number[];
  readonly model: string;
  readonly flip?: boolean;
  readonly groups?: string;
}

/** The calibration and the images that it rests on. */
export interface CalibratedPeople {
  readonly calibration: PeopleCalibration;
  readonly images: number;
  /** Images in which no face was found; they are left out. */
  readonly undetected: number;
  /** What comparing took, after the images were embedded. */
  readonly comparedMs: number;
}

/** The folder below `folder` that an image is in. Throws InputError NO_PERSON for one that is in none. */
function personOf(name: string, folder: string): string {
  const [person, ...rest] = name.split('/');
  if (person !== undefined && rest.length > 0) return person;
  throw new InputError(
    'NO_PERSON',
    `${folder}: ${name} is in no person's folder; accepted are images in a folder for each person.`,
  );
}

/**
 * Embeds all images below a folder and calibrates on all pairs; `data` names them in the card. Rates that the pairs cannot
 * support are refused before anything is embedded. Throws as `expandImages`, `embedFiles` and `calibratePeople` do.
 */
export async function calibrateFolder(options: PeopleOptions, data: string): Promise<CalibratedPeople> {
  const { images: folder, far } = options;
  const named = await expandImages([folder]);
  const people = new Map(named.map(({ name }) => [name, personOf(name, folder)]));
  checkPeople([...people.values()], far);
  using verifier = await loadVerifier(options.model, options.detector);
  const files = new Map(named.map(({ name, path }) => [name, imageFile(path)]));
  const faces = await embedFiles(files, verifier, { ...cropOptions(options), mirror: options.flip });
  const portraits = [...faces].map(([name, { embedding }]) => ({ person: people.get(name)!, embedding }));
  const pictures = [...faces].map(([image, face]) => ({ image, person: people.get(image)!, face }));
  const attributes = options.groups === undefined ? [] : await readAttributes(options.groups, pictures);
  let progress: Progress | undefined;
  const onProgress = (done: number, total: number): void => {
    progress ??= new Progress(total, 'comparisons');
    progress.reach(done);
  };
  const begin = performance.now();
  try {
    const calibration = calibratePeople(verifier.engine, portraits, far, data, { attributes, onProgress });
    const comparedMs = performance.now() - begin;
    return { calibration, images: named.length, undetected: named.length - faces.size, comparedMs };
  } finally {
    progress?.stop();
  }
}
