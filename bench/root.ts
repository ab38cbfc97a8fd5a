/** The folder of this checkout. */
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageFile } from '../src/cli/package.js';

/** Ends with a slash. */
export const root = pathToFileURL(`${dirname(packageFile('package.json'))}/`);
