// place: where the built programs and the shipped files are.
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const tests = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const checkout = path.resolve(tests, '..', '..');
const build = path.resolve(process.env.HOOKROLL_BUILD || path.join(checkout, 'build', 'dev'));

export const built = (file) => path.join(build, file);
export const responderProgram = built('hookroll.fcgi');
export const ctlProgram = built('hookrollctl');
export const shipped = (file) => path.join(checkout, file);
