/** Makes .venv/ with the Python clients that the suites drive (pinned in test/clients/requirements.txt). Nothing to do when it is current. */
import { makePythonEnvironment } from './python-environment.ts';

process.stdout.write('the Python clients (installing them takes about half a minute)\n');
const isNew = makePythonEnvironment('.venv', 'test/clients/requirements.txt');
process.stdout.write(isNew ? 'installed\n' : 'current\n');
